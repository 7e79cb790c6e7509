"""The client of the verifier services: `Client`, `AsyncClient`, and the messages they speak.

Example:
    with Client.local() as client:
        items = [math_item("1", "1/2", "So it is 0.5."), math_item("2", "7", "I think it is 8.")]
        print(client.rewards(items, undecided=Undecided.NONE))  # [1.0, 0.0]
"""

from __future__ import annotations

from veridical.api.v1.code_pb2 import CodeTask
from veridical.api.v1.format_pb2 import FormatTask
from veridical.api.v1.item_pb2 import FinishReason, Item, Trace
from veridical.api.v1.math_pb2 import (
    Extraction,
    MathEvidence,
    MathTask,
    OrderPolicy,
    PercentPolicy,
    UnitPolicy,
)
from veridical.api.v1.proof_pb2 import ProofTask
from veridical.api.v1.sampling_pb2 import (
    GenerateRequest,
    ModelInfo,
    Sample,
    SamplingSettings,
    ScoreInput,
)
from veridical.api.v1.task_pb2 import AllTask, ControlTask, Outcome, RandomControl, Task
from veridical.api.v1.verdict_pb2 import Reason, Timings, Verdict, VerifierInfo
from veridical.api.v1.verifier_pb2 import DescribeResponse, ServerLimits
from veridical.client.async_client import AsyncClient
from veridical.client.async_sampler import AsyncSamplerClient
from veridical.client.checking import Undecided, reward_of
from veridical.client.errors import (
    AuthenticationError,
    BadValueError,
    ConfigurationError,
    DeadlineError,
    ForkError,
    InvalidRequestError,
    LocalStartError,
    MalformedLineError,
    OverloadedError,
    ProtocolError,
    ServerError,
    ServicesMissingError,
    UnavailableError,
    UndecidedError,
    UnknownFieldError,
    VeridicalError,
)
from veridical.client.items import (
    MathPolicy,
    math_item,
    math_task,
    outcome_name,
    reason_name,
    scrub,
)
from veridical.client.jsonl import (
    item_from_json,
    item_to_json,
    verdict_from_json,
    verdict_to_json,
)
from veridical.client.local import LocalSettings
from veridical.client.sampler import SamplerClient
from veridical.client.settings import (
    ClientSettings,
    KeepaliveSettings,
    RetrySettings,
    TlsSettings,
)
from veridical.client.sync_client import Client
from veridical.client.window import Progress

__all__ = [
    "AllTask",
    "AsyncClient",
    "AsyncSamplerClient",
    "AuthenticationError",
    "BadValueError",
    "Client",
    "ClientSettings",
    "CodeTask",
    "ConfigurationError",
    "ControlTask",
    "DeadlineError",
    "DescribeResponse",
    "Extraction",
    "FinishReason",
    "ForkError",
    "FormatTask",
    "GenerateRequest",
    "InvalidRequestError",
    "Item",
    "KeepaliveSettings",
    "LocalSettings",
    "LocalStartError",
    "MalformedLineError",
    "MathEvidence",
    "MathPolicy",
    "MathTask",
    "ModelInfo",
    "OrderPolicy",
    "Outcome",
    "OverloadedError",
    "PercentPolicy",
    "Progress",
    "ProofTask",
    "ProtocolError",
    "RandomControl",
    "Reason",
    "RetrySettings",
    "Sample",
    "SamplerClient",
    "SamplingSettings",
    "ScoreInput",
    "ServerError",
    "ServerLimits",
    "ServicesMissingError",
    "Task",
    "Timings",
    "TlsSettings",
    "Trace",
    "UnavailableError",
    "Undecided",
    "UndecidedError",
    "UnitPolicy",
    "UnknownFieldError",
    "Verdict",
    "VeridicalError",
    "VerifierInfo",
    "item_from_json",
    "item_to_json",
    "math_item",
    "math_task",
    "outcome_name",
    "reason_name",
    "reward_of",
    "scrub",
    "verdict_from_json",
    "verdict_to_json",
]

"""Pins the names that files of items and other people's clients depend on.

Numbers and types are held by `buf breaking` against the baseline; here stand the spellings that
the design binds, which a first baseline could already have got wrong.
"""

from __future__ import annotations

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from veridical.api.v1 import (
    code_pb2,
    format_pb2,
    item_pb2,
    math_pb2,
    proof_pb2,
    sampling_pb2,
    task_pb2,
    verdict_pb2,
    verifier_pb2,
)

FILES = [
    module.DESCRIPTOR
    for module in (
        code_pb2,
        format_pb2,
        item_pb2,
        math_pb2,
        proof_pb2,
        sampling_pb2,
        task_pb2,
        verdict_pb2,
        verifier_pb2,
    )
]
MESSAGES: dict[str, Descriptor] = {
    name: message for file in FILES for name, message in file.message_types_by_name.items()
}
ENUMS = {name: enum for file in FILES for name, enum in file.enum_types_by_name.items()}

# A question mark: the field is optional, so that its zero is seen. Choices: `choice:member`.
FIELDS = {
    "VerifyRequest": "item",
    "VerifyResponse": "verdict",
    "VerifyBatchRequest": "items tasks",
    "VerifyBatchResponse": "verdicts",
    "VerifyStreamRequest": "items tasks",
    "VerifyStreamResponse": "verdicts",
    "Item": "id task_source:task task_source:task_id content:response content:trace prompt group "
    "sample_index? finish_reason labels",
    "Trace": "steps",
    "Task": "kind:math kind:code kind:proof kind:format kind:control kind:all",
    "AllTask": "tasks",
    "Verdict": "id outcome reward? reason detail score? evidence:math evidence:code "
    "evidence:proof group sample_index? labels timings verifier cached",
    "MathTask": "gold percent units order rtol? atol? ignore_variable_names extraction",
    "CodeTask": "language extraction limits allow_shared_interpreter tests:asserts tests:calls "
    "tests:stdio tests:files",
    "AssertTests": "entry_point test_code",
    "CallTests": "entry_point cases encoding compare compare_mutated_args",
    "CallCase": "args expected",
    "StdioTests": "cases compare interactor",
    "StdioCase": "stdin expected_stdout",
    "FileTests": "solution_path files runner",
    "File": "path content",
    "Compare": "mode rtol? atol? checker",
    "Checker": "language source",
    "ProofTask": "problem gold format domain accept min_coverage? below_coverage",
    "ProofEvidence": "first_error? local_coherence? coherence_lower? coherence_upper? coverage? "
    "global_validity steps warnings",
    "MathEvidence": "extracted answer_start? answer_end?",
    "GenerateRequest": "input:prompt input:messages input:token_ids",
    "Sample": "group sample_index? finish_reason labels",
}
VALUES = {
    "Outcome": "OUTCOME_UNSPECIFIED OUTCOME_CORRECT OUTCOME_INCORRECT OUTCOME_UNDECIDED",
    "ValueEncoding": "VALUE_ENCODING_JSON VALUE_ENCODING_PYTHON_LITERAL",
    "Runner": "RUNNER_PYTEST RUNNER_UNITTEST",
    "CompareMode": "COMPARE_MODE_EXACT COMPARE_MODE_LINES COMPARE_MODE_TOKENS "
    "COMPARE_MODE_FLOATS COMPARE_MODE_UNORDERED COMPARE_MODE_CHECKER",
    "ProofAccept": "PROOF_ACCEPT_VALID PROOF_ACCEPT_UNREFUTED",
    "BelowCoverage": "BELOW_COVERAGE_UNDECIDED BELOW_COVERAGE_INCORRECT",
    "Reason": "REASON_INVALID_ITEM REASON_BACKEND_UNAVAILABLE REASON_VERIFIER_TIMEOUT "
    "REASON_VERIFIER_MEMORY REASON_VERIFIER_CRASHED REASON_RESPONSE_TOO_LARGE "
    "REASON_GOLD_UNPARSABLE REASON_NO_ANSWER",
}
# RPC: whether the request and the response are streams.
METHODS = {
    ("VerifierService", "Verify"): (False, False),
    ("VerifierService", "VerifyBatch"): (False, False),
    ("VerifierService", "VerifyStream"): (True, True),
    ("VerifierService", "Describe"): (False, False),
    ("SamplerService", "Generate"): (False, True),
    ("SamplerService", "Score"): (False, False),
    ("SamplerService", "ListModels"): (False, False),
    ("SamplerService", "LoadAdapter"): (False, False),
    ("SamplerService", "UpdateWeights"): (False, False),
}


def _written(field: FieldDescriptor) -> str:
    choice = field.containing_oneof
    if choice is None:
        return field.name
    # protobuf models `optional` as a choice of one, named after the field.
    return f"{field.name}?" if choice.name == f"_{field.name}" else f"{choice.name}:{field.name}"


@pytest.mark.parametrize("message", FIELDS)
def test_message_has_its_fields(message: str) -> None:
    assert set(FIELDS[message].split()) <= {_written(field) for field in MESSAGES[message].fields}


@pytest.mark.parametrize("enum", VALUES)
def test_enum_has_its_values(enum: str) -> None:
    assert set(VALUES[enum].split()) <= set(ENUMS[enum].values_by_name)


def test_services_have_their_methods() -> None:
    services = {
        **verifier_pb2.DESCRIPTOR.services_by_name,
        **sampling_pb2.DESCRIPTOR.services_by_name,
    }
    methods = {
        (service.name, method.name): (method.client_streaming, method.server_streaming)
        for service in services.values()
        for method in service.methods
    }
    assert methods == METHODS


def test_no_integer_of_64_bits() -> None:
    """Protobuf's JSON form writes them as strings, which other languages then compare as text."""
    wide = {
        FieldDescriptor.TYPE_INT64,
        FieldDescriptor.TYPE_UINT64,
        FieldDescriptor.TYPE_SINT64,
        FieldDescriptor.TYPE_FIXED64,
        FieldDescriptor.TYPE_SFIXED64,
    }
    fields = [field for message in MESSAGES.values() for field in message.fields]
    assert [field.full_name for field in fields if field.type in wide] == []

"""The samples of one `generate`: which are still missing, and what was sent for them."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence

from veridical.api.v1.sampling_pb2 import GenerateRequest, GenerateResponse, Sample
from veridical.client.errors import ConfigurationError, InvalidRequestError, ProtocolError

OnRepeat = Callable[[Sample, Sequence[int]], None]
"""Told of a sample that holds the tokens of earlier ones though chance hardly makes that."""

_MAX_SAMPLES = 65_536

_log = logging.getLogger(__name__)


class SampleRun:
    """What is left of a request for samples, over as many calls as it takes.

    A seed is drawn where the request has none, so that a repeat draws the samples that the first call
    would have drawn.

    Args:
        request: What was asked for.
        on_repeat: Told of repeated samples; None logs a warning.

    Raises:
        ConfigurationError: The request names indices twice over.
        InvalidRequestError: It asks for more samples than a call may have.
    """

    def __init__(self, request: GenerateRequest, on_repeat: OnRepeat | None = None) -> None:
        self._request = GenerateRequest()
        self._request.CopyFrom(request)
        if not request.settings.HasField("seed"):
            self._request.settings.seed = secrets.randbits(32)
        if request.sample_indices and (request.n or request.first_sample_index):
            raise ConfigurationError("sample_indices stand instead of n and first_sample_index")
        if request.n > _MAX_SAMPLES:
            raise InvalidRequestError(f"n: must be 1 to {_MAX_SAMPLES}")
        first = request.first_sample_index
        asked = request.sample_indices or range(first, first + max(1, request.n))
        self._missing = dict.fromkeys(asked)
        self._asked = len(self._missing)
        self._on_repeat = on_repeat or _warn

    @property
    def is_done(self) -> bool:
        """Whether every sample has come."""
        return not self._missing

    def request(self) -> GenerateRequest:
        """A request for the samples that are missing; what was asked for where all are."""
        request = GenerateRequest()
        request.CopyFrom(self._request)
        if len(self._missing) == self._asked:
            return request
        request.ClearField("n")
        request.ClearField("first_sample_index")
        request.sample_indices[:] = self._missing
        return request

    def accept(self, response: GenerateResponse) -> Sample:
        """Takes one answer; gives its sample.

        Raises:
            ProtocolError: Nobody asked for it, or it has come before.
        """
        sample = response.sample
        if sample.sample_index not in self._missing:
            raise ProtocolError(f"sample {sample.sample_index} came unasked")
        del self._missing[sample.sample_index]
        if response.repeated_indices:
            self._on_repeat(sample, response.repeated_indices)
        return sample

    def check_end(self) -> None:
        """Takes the end of a call that did not fail.

        Raises:
            ProtocolError: Samples are missing.
        """
        if self._missing:
            raise ProtocolError(f"the call ended without {len(self._missing)} of its samples")


def _warn(sample: Sample, repeated: Sequence[int]) -> None:
    _log.warning(
        "sample %d of group %r holds the tokens of samples %s: random streams may repeat, such as one "
        "seed on two replicas",
        sample.sample_index,
        sample.group,
        ", ".join(map(str, repeated)),
    )

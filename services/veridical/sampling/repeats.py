"""Samples that repeat though chance hardly makes that: a sign that random streams repeat."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from hashlib import blake2b

from veridical.sampling.model import Drawn

_LOG_HARDLY = math.log(1e-9)
"""Expected number of equal samples, as a logarithm, below which one that is there is reported."""


class Repeats:
    """Compares each sample of a call with those before it."""

    def __init__(self) -> None:
        self._seen: defaultdict[bytes, list[int]] = defaultdict(list)
        self._count = 0

    def before(self, index: int, drawn: Drawn) -> tuple[int, ...]:
        """The indices of earlier samples that hold the same tokens though chance hardly makes that.

        Of m samples drawn before, m times the chance of its tokens are expected to equal a sample. An
        engine that does not tell that chance has no sample reported.

        Args:
            index: Of the sample.
            drawn: The sample.
        """
        same = self._seen[_content(drawn)]
        found = tuple(same) if same and self._is_hardly_chance(drawn) else ()
        same.append(index)
        self._count += 1
        return found

    def _is_hardly_chance(self, drawn: Drawn) -> bool:
        if drawn.log_chance is None:
            return False
        return drawn.log_chance + math.log(self._count) < _LOG_HARDLY


def _content(drawn: Drawn) -> bytes:
    """What stands for a sample's tokens: a call may have more of them than should be kept."""
    content = array("i", drawn.token_ids).tobytes() or drawn.text.encode()
    return blake2b(content, digest_size=16).digest()

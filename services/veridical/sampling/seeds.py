"""Seeds of samples, and the random numbers that follow from a seed."""

from __future__ import annotations

from hashlib import blake2b

_SEED_BITS = 32
_UNIFORM_BITS = 53


def sample_seed(seed: int, index: int) -> int:
    """The seed of the sample of an index, so that no call and no batch changes it.

    Args:
        seed: That of the call, 0 to 4294967295.
        index: 0 or more.

    Returns:
        0 to 4294967295.
    """
    return _bits(f"sample:{seed}:{index}", _SEED_BITS)


def uniform(seed: int, position: int) -> float:
    """The random number, 0 to below 1, that draws the token of a position.

    It is computed and not taken from a stream, so that no other sample changes it.
    """
    return _bits(f"token:{seed}:{position}", _UNIFORM_BITS) / float(1 << _UNIFORM_BITS)


def _bits(name: str, bits: int) -> int:
    digest = blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> (64 - bits)

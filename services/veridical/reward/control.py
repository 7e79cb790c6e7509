"""Verdicts that do not depend on correctness, for experiments with spurious rewards."""

from __future__ import annotations

from hashlib import blake2b

_DIGEST_BYTES = 8
_MANTISSA_BITS = 53


def draw(seed: int, item_id: str) -> float:
    """Gives a number from 0 to below 1 that depends on the seed and the id, and on nothing else.

    It is the leading 53 bits of BLAKE2b (RFC 7693) over the id, with the seed as its salt, so that
    draws are the same on every server, in every order and after every retry.

    Args:
        seed: 0 to 2**32 - 1.
        item_id: The id of the item.
    """
    salt = seed.to_bytes(4, "little")
    digest = blake2b(item_id.encode(), digest_size=_DIGEST_BYTES, salt=salt).digest()
    bits = int.from_bytes(digest, "big") >> (8 * _DIGEST_BYTES - _MANTISSA_BITS)
    return bits / (1 << _MANTISSA_BITS)

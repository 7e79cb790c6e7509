"""The verdict cache."""

from __future__ import annotations

import pytest

from veridical.api.v1.code_pb2 import CodeEvidence
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_UNDECIDED
from veridical.api.v1.verdict_pb2 import Verdict, VerifierInfo
from veridical.reward.cache import VerdictCache


def verdict(name: str = "v", fingerprint: str = "f", **fields: object) -> Verdict:
    made = Verdict(id=name, outcome=OUTCOME_CORRECT, verifier=VerifierInfo(fingerprint=fingerprint))
    made.MergeFrom(Verdict(**fields))  # type: ignore[arg-type]
    return made


def test_what_is_kept_is_found_under_its_key_and_fingerprint_alone() -> None:
    cache = VerdictCache(10, 1 << 20)
    cache.keep(b"k", verdict())
    assert cache.find(b"k", {"f"}) == verdict()
    assert cache.find(b"k", {"g"}) is None
    assert cache.find(b"other", {"f"}) is None


def test_what_is_kept_is_a_copy() -> None:
    cache = VerdictCache(10, 1 << 20)
    original = verdict()
    cache.keep(b"k", original)
    original.id = "changed"
    found = cache.find(b"k", {"f"})
    assert found is not None
    assert found.id == "v"


@pytest.mark.parametrize(
    "unfit",
    [
        verdict(outcome=OUTCOME_UNDECIDED),
        verdict(borderline=True),
        verdict(code=CodeEvidence(shared_interpreter=True)),
    ],
    ids=["undecided", "borderline", "shared interpreter"],
)
def test_what_might_be_decided_otherwise_is_not_kept(unfit: Verdict) -> None:
    cache = VerdictCache(10, 1 << 20)
    cache.keep(b"k", unfit)
    assert len(cache) == 0


def test_the_least_recently_used_goes_first() -> None:
    cache = VerdictCache(2, 1 << 20)
    cache.keep(b"a", verdict("a"))
    cache.keep(b"b", verdict("b"))
    cache.find(b"a", {"f"})
    cache.keep(b"c", verdict("c"))
    assert [cache.find(key, {"f"}) is not None for key in (b"a", b"b", b"c")] == [True, False, True]


def test_bytes_are_bounded_too() -> None:
    size = verdict(detail="x" * 100).ByteSize()
    cache = VerdictCache(1_000, 10 * size)
    for number in range(100):
        cache.keep(bytes([number]), verdict(detail="x" * 100))
    assert len(cache) == 10
    cache.keep(b"large", verdict(detail="x" * 11 * size))
    assert len(cache) == 10


def test_keeping_again_does_not_count_twice() -> None:
    size = verdict().ByteSize()
    cache = VerdictCache(10, 2 * size)
    for _ in range(5):
        cache.keep(b"k", verdict())
    cache.keep(b"l", verdict())
    assert len(cache) == 2


def test_a_cache_of_no_entries_keeps_nothing() -> None:
    cache = VerdictCache(0, 1 << 20)
    cache.keep(b"k", verdict())
    assert cache.find(b"k", {"f"}) is None

"""Places shared between callers."""

from __future__ import annotations

from veridical.serving.fairness.share import FairShare


def fill(share: FairShare, caller: str, batch: int, now: float = 0.0) -> int:
    """Lets a caller take all that it gets; gives how much it holds then."""
    held = 0
    while share.has_room(caller, batch, now):
        share.take(caller, batch)
        held += batch
    return held


def test_one_caller_alone_leaves_an_eighth() -> None:
    assert fill(FairShare(800), "a", 10) == 700


def test_a_small_server_is_used_in_full() -> None:
    assert fill(FairShare(4), "a", 1) == 4


def test_a_single_call_of_any_size_enters_an_empty_server() -> None:
    share = FairShare(10)
    assert share.has_room("a", 10, 0.0)
    assert share.has_room("a", 11, 0.0)


def test_a_newcomer_finds_room_and_then_gets_its_share() -> None:
    share = FairShare(800)
    fill(share, "greedy", 10)
    assert fill(share, "modest", 10) == 100
    for _ in range(100):  # places come back one batch at a time
        share.give_back("greedy", 10)
        fill(share, "greedy", 10)
        fill(share, "modest", 10)
    assert share.total <= 800
    assert share._held["modest"] >= 800 // 3 - 10


def test_a_large_batch_refused_below_its_share_is_waited_for() -> None:
    share = FairShare(800)
    fill(share, "greedy", 10)
    assert not share.has_room("modest", 200, now=0.0)
    for _ in range(9):
        share.give_back("greedy", 10)
        assert fill(share, "greedy", 10, now=1.0) == 0
    share.give_back("greedy", 10)
    assert share.has_room("modest", 200, now=1.0)


def test_who_does_not_come_again_is_not_waited_for() -> None:
    share = FairShare(800)
    fill(share, "greedy", 10)
    assert not share.has_room("modest", 200, now=0.0)
    share.give_back("greedy", 10)
    assert not share.has_room("greedy", 10, now=1.9)
    assert share.has_room("greedy", 10, now=2.1)


def test_nothing_is_kept_of_who_left() -> None:
    share = FairShare(8)
    share.take("a", 3)
    share.give_back("a", 2)
    share.give_back("a", 1)
    share.give_back("a", 0)
    assert (share.total, share._held) == (0, {})

"""Draws of random controls."""

from __future__ import annotations

from veridical.reward.control import draw


def test_a_draw_depends_on_seed_and_id_alone() -> None:
    assert draw(7, "a") == draw(7, "a")
    assert draw(7, "a") != draw(8, "a")
    assert draw(7, "a") != draw(7, "b")


def test_draws_do_not_change_between_versions() -> None:
    assert [round(draw(seed, "item-1"), 6) for seed in (0, 1, 2**32 - 1)] == DRAWS


def test_draws_are_spread_evenly() -> None:
    draws = [draw(3, str(number)) for number in range(20_000)]
    assert all(0 <= each < 1 for each in draws)
    tenths = [0] * 10
    for each in draws:
        tenths[int(10 * each)] += 1
    assert all(1_800 < count < 2_200 for count in tenths)


DRAWS = [0.89422, 0.152894, 0.429316]

"""Samples that repeat though chance hardly makes that."""

from __future__ import annotations

import math

from veridical.sampling.model import Drawn, Finish
from veridical.sampling.repeats import Repeats
from veridical.sampling.seeds import sample_seed, uniform


def drawn(ids: tuple[int, ...], log_chance: float | None) -> Drawn:
    return Drawn("", ids, (), Finish.STOP, 0, log_chance)


def test_equal_samples_are_reported_where_chance_hardly_makes_them() -> None:
    repeats = Repeats()
    long, short = drawn(tuple(range(40)), -60.0), drawn((1, 2), -2.0)
    assert repeats.before(0, long) == ()
    assert repeats.before(1, short) == repeats.before(2, short) == ()
    assert repeats.before(3, long) == (0,)
    assert repeats.before(4, long) == (0, 3)


def test_the_same_sample_is_likelier_among_many() -> None:
    few, many = Repeats(), Repeats()
    rare = drawn((1, 2, 3), math.log(5e-11))
    for count, repeats in ((3, few), (300, many)):
        repeats.before(0, rare)
        for index in range(1, count):
            repeats.before(index, drawn((index, index), -10.0))
    assert few.before(1_000, rare) == (0,)
    assert many.before(1_000, rare) == ()


def test_what_an_engine_does_not_tell_is_not_guessed() -> None:
    repeats = Repeats()
    repeats.before(0, drawn(tuple(range(40)), None))
    assert repeats.before(1, drawn(tuple(range(40)), None)) == ()


def test_one_stream_on_two_replicas_is_found_and_streams_of_their_own_are_not() -> None:
    """Twelve tokens of eight equally likely ones, drawn as the cpu engine draws them."""
    log_chance = 12 * math.log(1 / 8)

    def sample(seed: int) -> Drawn:
        return drawn(tuple(int(8 * uniform(seed, place)) for place in range(12)), log_chance)

    own, shared = Repeats(), Repeats()
    for index in range(64):
        assert own.before(index, sample(sample_seed(1, index))) == ()
        found = shared.before(index, sample(sample_seed(1, index % 32)))
        assert found == ((index - 32,) if index >= 32 else ())

"""What is left of a request for samples, over as many calls as it takes."""

from __future__ import annotations

import logging

import pytest

from veridical.api.v1.sampling_pb2 import (
    GenerateRequest,
    GenerateResponse,
    Sample,
    SamplingSettings,
)
from veridical.client.errors import ConfigurationError, InvalidRequestError, ProtocolError
from veridical.client.sample_run import SampleRun


def response(index: int, *repeated: int) -> GenerateResponse:
    return GenerateResponse(sample=Sample(sample_index=index), repeated_indices=repeated)


def test_a_repeat_asks_for_what_is_missing_with_the_same_seed() -> None:
    run = SampleRun(GenerateRequest(prompt="x", n=4, first_sample_index=3))
    first = run.request()
    assert (list(first.sample_indices), first.n, first.first_sample_index) == ([], 4, 3)
    assert first.settings.HasField("seed")
    run.accept(response(5))
    again = run.request()
    assert (list(again.sample_indices), again.n, again.first_sample_index) == ([3, 4, 6], 0, 0)
    assert again.settings.seed == first.settings.seed
    for index in (6, 3, 4):
        assert not run.is_done
        run.accept(response(index))
    assert run.is_done
    run.check_end()


def test_a_given_seed_stays_and_the_request_of_the_caller_is_left_alone() -> None:
    request = GenerateRequest(prompt="x", n=2, settings=SamplingSettings(seed=0))
    assert SampleRun(request).request().settings.seed == 0
    assert (request.n, list(request.sample_indices)) == (2, [])


def test_a_sample_that_nobody_waits_for_is_no_answer() -> None:
    run = SampleRun(GenerateRequest(prompt="x", sample_indices=[4]))
    run.accept(response(4))
    for index in (4, 0):
        with pytest.raises(ProtocolError, match="unasked"):
            run.accept(response(index))


def test_a_call_that_ends_early_is_no_success() -> None:
    with pytest.raises(ProtocolError, match="without 2"):
        SampleRun(GenerateRequest(prompt="x", n=2)).check_end()


def test_indices_in_two_ways_are_refused() -> None:
    with pytest.raises(ConfigurationError):
        SampleRun(GenerateRequest(prompt="x", n=2, sample_indices=[4]))


def test_more_than_a_call_may_have_is_refused_before_it_is_listed() -> None:
    with pytest.raises(InvalidRequestError, match=r"^n: "):
        SampleRun(GenerateRequest(prompt="x", n=2**31 - 1))


def test_repeated_streams_are_told(caplog: pytest.LogCaptureFixture) -> None:
    told: list[tuple[int | None, list[int]]] = []
    request = GenerateRequest(prompt="x", n=2)
    run = SampleRun(request, lambda sample, seen: told.append((sample.sample_index, list(seen))))
    run.accept(response(0))
    run.accept(response(1, 0))
    assert told == [(1, [0])]
    with caplog.at_level(logging.WARNING):
        SampleRun(request).accept(response(1, 0))
    assert "random streams may repeat" in caplog.text

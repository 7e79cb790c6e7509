"""Requests that break the contract are refused by the field at fault; others are read as they are."""

from __future__ import annotations

import pytest

from veridical.api.v1.sampling_pb2 import (
    ContentPart,
    GenerateRequest,
    Message,
    Messages,
    SamplingSettings,
    ScoreInput,
    ScoreRequest,
    TokenIds,
)
from veridical.sampling.messages import read_order, read_pairs
from veridical.sampling.model import Conversation, DrawSettings, Pair, Text, Tokens, Turn
from veridical.serving.errors import InvalidArgument

MAX_BYTES = 100


def message(role: str = "user", *texts: str) -> Message:
    return Message(role=role, content=[ContentPart(text=text) for text in texts or ("hello",)])


def settings(**fields: object) -> GenerateRequest:
    return GenerateRequest(prompt="x", settings=SamplingSettings(**fields))


BAD = [
    (GenerateRequest(prompt="é" * 51), "prompt"),
    (GenerateRequest(messages=Messages(messages=[message("user", "x" * 101)])), "messages"),
    (GenerateRequest(), "input"),
    (GenerateRequest(token_ids=TokenIds()), "token_ids.ids"),
    (GenerateRequest(token_ids=TokenIds(ids=[1, -1])), "token_ids.ids"),
    (GenerateRequest(messages=Messages()), "messages.messages"),
    (GenerateRequest(messages=Messages(messages=[message("robot")])), "messages.messages[0].role"),
    (
        GenerateRequest(messages=Messages(messages=[message(), Message(role="user")])),
        "messages.messages[1].content",
    ),
    (
        GenerateRequest(
            messages=Messages(messages=[Message(role="user", content=[ContentPart()])])
        ),
        "messages.messages[0].content",
    ),
    (GenerateRequest(prompt="x", n=-1), "n"),
    (GenerateRequest(prompt="x", n=65_537), "n"),
    (GenerateRequest(prompt="x", first_sample_index=-1), "first_sample_index"),
    (GenerateRequest(prompt="x", n=2, first_sample_index=2**31 - 2), "first_sample_index"),
    (GenerateRequest(prompt="x", n=2, sample_indices=[1, 2]), "sample_indices"),
    (GenerateRequest(prompt="x", sample_indices=[1, 1]), "sample_indices"),
    (GenerateRequest(prompt="x", sample_indices=[-1]), "sample_indices"),
    (GenerateRequest(prompt="x", group="g" * 257), "group"),
    (settings(temperature=-0.1), "settings.temperature"),
    (settings(temperature=10.1), "settings.temperature"),
    (settings(temperature=float("nan")), "settings.temperature"),
    (settings(top_p=0.0), "settings.top_p"),
    (settings(top_p=1.01), "settings.top_p"),
    (settings(top_p=float("nan")), "settings.top_p"),
    (settings(top_k=0), "settings.top_k"),
    (settings(max_tokens=0), "settings.max_tokens"),
    (settings(stop=["x"] * 17), "settings.stop"),
    (settings(stop=[""]), "settings.stop"),
    (settings(stop=["x" * 1_025]), "settings.stop"),
]


@pytest.mark.parametrize(("request_", "field"), BAD)
def test_a_bad_request_is_refused_by_its_field(request_: GenerateRequest, field: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        read_order(request_, MAX_BYTES)
    assert caught.value.field == field


BAD_SCORES = [
    (ScoreRequest(inputs=[ScoreInput(prompt="x" * 101, continuation="x")]), "inputs[0].prompt"),
    (ScoreRequest(inputs=[ScoreInput(continuation="x" * 101)]), "inputs[0].continuation"),
    (ScoreRequest(), "inputs"),
    (ScoreRequest(inputs=[ScoreInput(continuation="x")] * 4_097), "inputs"),
    (ScoreRequest(inputs=[ScoreInput(prompt="x")]), "inputs[0].continuation"),
    (ScoreRequest(inputs=[ScoreInput(continuation="")]), "inputs[0].continuation"),
    (
        ScoreRequest(inputs=[ScoreInput(continuation_ids=TokenIds())]),
        "inputs[0].continuation_ids.ids",
    ),
    (
        ScoreRequest(
            inputs=[
                ScoreInput(continuation="x"),
                ScoreInput(prompt_ids=TokenIds(ids=[-3]), continuation="x"),
            ]
        ),
        "inputs[1].prompt_ids.ids",
    ),
    (
        ScoreRequest(inputs=[ScoreInput(messages=Messages(), continuation="x")]),
        "inputs[0].messages.messages",
    ),
]


@pytest.mark.parametrize(("request_", "field"), BAD_SCORES)
def test_a_bad_input_is_refused_by_its_place_and_field(request_: ScoreRequest, field: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        read_pairs(request_, MAX_BYTES)
    assert caught.value.field == field


def test_defaults_are_those_of_the_contract() -> None:
    order = read_order(GenerateRequest(prompt=""), MAX_BYTES)
    assert (order.prompt, list(order.indices)) == (Text(""), [0])
    assert order.settings == DrawSettings(1.0, 1.0, None, None, (), False)
    seeds = {read_order(GenerateRequest(prompt="x"), MAX_BYTES).seed for _ in range(10)}
    assert len(seeds) > 1


def test_everything_that_is_asked_for_is_read() -> None:
    given = SamplingSettings(
        temperature=0, top_p=0.5, top_k=3, max_tokens=9, stop=["a"], seed=0, logprobs=True
    )
    talk = Messages(messages=[message("system", "a", "b"), message("user", "c")])
    request = GenerateRequest(messages=talk, n=3, first_sample_index=4, settings=given)
    order = read_order(request, MAX_BYTES)
    assert order.prompt == Conversation((Turn("system", "ab"), Turn("user", "c")))
    assert order.settings == DrawSettings(0.0, 0.5, 3, 9, ("a",), True)
    assert (order.seed, list(order.indices)) == (0, [4, 5, 6])
    some = GenerateRequest(token_ids=TokenIds(ids=[5]), sample_indices=[9, 2])
    order = read_order(some, MAX_BYTES)
    assert (order.prompt, list(order.indices)) == (Tokens((5,)), [9, 2])


def test_pairs_are_read_with_every_kind_of_prefix() -> None:
    talk = Messages(messages=[message()])
    ids = TokenIds(ids=[1, 2])
    request = ScoreRequest(
        inputs=[
            ScoreInput(continuation="x"),
            ScoreInput(prompt="p", continuation="x"),
            ScoreInput(prompt_ids=ids, continuation_ids=ids),
            ScoreInput(messages=talk, continuation="x"),
        ]
    )
    assert read_pairs(request, MAX_BYTES) == [
        Pair(None, Text("x")),
        Pair(Text("p"), Text("x")),
        Pair(Tokens((1, 2)), Tokens((1, 2))),
        Pair(Conversation((Turn("user", "hello"),)), Text("x")),
    ]

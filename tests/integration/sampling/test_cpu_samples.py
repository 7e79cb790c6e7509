"""The cpu engine: what a sample is, and that nothing but its own request changes it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest

from veridical.api.v1.item_pb2 import FINISH_REASON_LENGTH, FINISH_REASON_STOP
from veridical.api.v1.sampling_pb2 import (
    ContentPart,
    GenerateRequest,
    Message,
    Messages,
    Sample,
    SamplingSettings,
    ScoreInput,
    TokenIds,
)
from veridical.client.errors import InvalidRequestError
from veridical.client.sampler import SamplerClient

pytestmark = pytest.mark.system

PROMPT = "What is 12 + 17? The answer is"


def settings(**fields: object) -> SamplingSettings:
    return SamplingSettings(**{"max_tokens": 24, "seed": 11, "logprobs": True, **fields})


def drawn(sampler: SamplerClient, prompt: str = PROMPT, **fields: object) -> dict[int, Sample]:
    request = GenerateRequest(prompt=prompt, settings=settings(), **fields)
    return {sample.sample_index: sample for sample in sampler.generate(request)}


def content(sample: Sample) -> tuple[object, ...]:
    ids = tuple(sample.token_ids.ids)
    return sample.text, ids, tuple(sample.logprobs), sample.finish_reason, sample.seed


def talk(*turns: tuple[str, str]) -> Messages:
    return Messages(
        messages=[Message(role=role, content=[ContentPart(text=text)]) for role, text in turns]
    )


def test_a_sample_is_the_same_alone_and_among_others_in_any_call(sampler: SamplerClient) -> None:
    """To the last bit of its log-probabilities, whatever the engine draws beside it."""
    together = drawn(sampler, n=20)
    assert sorted(together) == list(range(20))
    assert len({sample.text for sample in together.values()}) > 10
    alone = drawn(sampler, sample_indices=[13])[13]
    assert content(alone) == content(together[13])
    shifted = drawn(sampler, n=5, first_sample_index=3)
    assert [content(shifted[i]) for i in range(3, 8)] == [content(together[i]) for i in range(3, 8)]

    stop = threading.Event()

    def crowd() -> None:
        while not stop.is_set():
            drawn(sampler, prompt="Something much longer, of other words. " * 6, n=6)

    others = threading.Thread(target=crowd)
    others.start()
    try:
        crowded = drawn(sampler, n=20)
    finally:
        stop.set()
        others.join()
    assert {i: content(s) for i, s in crowded.items()} == {
        i: content(s) for i, s in together.items()
    }


REFERENCE = """
import json, sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("first")
model = AutoModelForCausalLM.from_pretrained("first").eval()
prompt, samples = json.loads(sys.argv[1])
ids = tokenizer(prompt)["input_ids"]
greedy = model.generate(torch.tensor([ids]), max_new_tokens=24, do_sample=False)[0, len(ids):]
logprobs, texts = [], []
with torch.no_grad():
    for sample in samples:
        logits = model(torch.tensor([ids + sample])).logits[0, len(ids) - 1 : -1]
        picked = torch.log_softmax(logits, -1).gather(1, torch.tensor(sample)[:, None])
        logprobs.append(picked[:, 0].tolist())
        texts.append(tokenizer.decode(sample, skip_special_tokens=True))
print(json.dumps([greedy.tolist(), logprobs, texts, len(ids)]))
"""


def test_samples_are_what_transformers_itself_computes(
    sampler: SamplerClient, by_torch: Callable[..., str]
) -> None:
    prompt = PROMPT * 20  # more than one piece of reading
    samples = drawn(sampler, prompt=prompt, n=6)
    greedy = drawn_greedily(sampler, prompt)
    ids = [list(samples[i].token_ids.ids) for i in range(6)]
    expected = json.loads(by_torch(REFERENCE, json.dumps([prompt, ids])))
    assert list(greedy.token_ids.ids) == expected[0]
    for index in range(6):
        assert list(samples[index].logprobs) == pytest.approx(expected[1][index], abs=2e-3)
        assert samples[index].text == expected[2][index]
        assert samples[index].prompt_tokens == expected[3]


def drawn_greedily(sampler: SamplerClient, prompt: str) -> Sample:
    asked = settings(temperature=0)
    return next(iter(sampler.generate(GenerateRequest(prompt=prompt, settings=asked))))


def test_a_sample_says_all_that_it_came_from(sampler: SamplerClient) -> None:
    request = GenerateRequest(
        prompt=PROMPT, group="g", labels={"step": "3"}, n=2, settings=settings(top_p=0.9, top_k=50)
    )
    model = sampler.list_models()[0]
    assert (model.name, model.weight_version, model.base) == ("tiny", 0, "")
    assert model.engine.startswith("cpu transformers ")
    assert len(model.tokenizer_hash) == 32
    for sample in sampler.generate(request):
        assert (sample.group, dict(sample.labels), sample.model) == ("g", {"step": "3"}, model)
        asked = SamplingSettings(
            temperature=1.0, top_p=0.9, top_k=50, max_tokens=24, seed=11, logprobs=True
        )
        assert sample.settings == asked
        assert sample.HasField("seed")
        assert len(sample.logprobs) == len(sample.token_ids.ids) <= 24


def test_the_ends_of_samples(sampler: SamplerClient) -> None:
    asked = settings(temperature=10, max_tokens=200)  # nearly every token is as likely as any other
    samples = list(sampler.generate(GenerateRequest(prompt=PROMPT, n=24, settings=asked)))
    by_end = {FINISH_REASON_STOP: 0, FINISH_REASON_LENGTH: 0}
    for sample in samples:
        by_end[sample.finish_reason] += 1
        ended = sample.token_ids.ids[-1] == 3
        assert ended == (sample.finish_reason == FINISH_REASON_STOP)
        assert ended or len(sample.token_ids.ids) == 200
        assert "<|" not in sample.text
    assert min(by_end.values()) > 0


def test_a_stop_sequence_ends_a_sample_before_it(sampler: SamplerClient) -> None:
    plain = drawn(sampler, n=12)
    text = max((sample.text for sample in plain.values()), key=len)
    stops = [text[5:8], "never to be found"]
    request = GenerateRequest(prompt=PROMPT, n=12, settings=settings(stop=stops))
    cut = {sample.sample_index: sample for sample in sampler.generate(request)}
    hits = 0
    for index, sample in plain.items():
        before, found, _ = sample.text.partition(stops[0])
        hits += bool(found)
        assert cut[index].text == before
        ids = list(cut[index].token_ids.ids)
        assert ids == list(sample.token_ids.ids)[: len(ids)]
        assert not found or cut[index].finish_reason == FINISH_REASON_STOP
    assert hits


def test_a_conversation_goes_through_the_chat_template(sampler: SamplerClient) -> None:
    written = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    request = GenerateRequest(
        messages=talk(("system", "Be brief."), ("user", "Hi")), settings=settings()
    )
    (by_template,) = sampler.generate(request)
    assert content(by_template) == content(drawn(sampler, prompt=written)[0])


def test_the_default_length_is_what_fits(sampler: SamplerClient) -> None:
    ids = TokenIds(ids=[7] * 2_040)
    unbounded = SamplingSettings(seed=1)
    (sample,) = sampler.generate(GenerateRequest(token_ids=ids, settings=unbounded))
    assert sample.settings.max_tokens == 8
    assert sample.prompt_tokens == 2_040


REFUSED = [
    (GenerateRequest(prompt="x", model="other"), "model: "),
    (GenerateRequest(token_ids=TokenIds(ids=[512])), "token_ids.ids: "),
    (GenerateRequest(token_ids=TokenIds(ids=[7] * 2_048)), "token_ids: "),
    (GenerateRequest(prompt="word " * 4_000), "prompt: "),
    (GenerateRequest(messages=talk(("user", "word " * 4_000))), "messages: "),
    (GenerateRequest(messages=talk(("assistant", "x"))), "messages: the chat template: begins"),
    (
        GenerateRequest(
            token_ids=TokenIds(ids=[7] * 2_040), settings=SamplingSettings(max_tokens=9)
        ),
        "settings.max_tokens: ",
    ),
]


@pytest.mark.parametrize(("request_", "problem"), REFUSED)
def test_what_does_not_fit_the_model_is_refused_by_field(
    sampler: SamplerClient, request_: GenerateRequest, problem: str
) -> None:
    with pytest.raises(InvalidRequestError, match=f"^{problem}"):
        list(sampler.generate(request_))


def test_the_scores_of_samples_are_the_log_probabilities_they_were_drawn_with(
    sampler: SamplerClient,
) -> None:
    """By the other path: the whole text is read, instead of token after token."""
    long = "What is 2 + 2? " * 30
    samples = [*drawn(sampler, n=8).values(), *drawn(sampler, prompt=long, n=2).values()]
    prompts = [PROMPT] * 8 + [long] * 2
    inputs = [
        ScoreInput(prompt=prompt, continuation_ids=sample.token_ids)
        for prompt, sample in zip(prompts, samples, strict=True)
    ]
    scores = sampler.score(inputs)
    assert scores.model == sampler.list_models()[0]
    for sample, score in zip(samples, scores.scores, strict=True):
        assert score.token_ids == sample.token_ids
        assert list(score.logprobs) == pytest.approx(list(sample.logprobs), abs=1e-3)


def test_a_continuation_is_scored_behind_every_kind_of_prefix(sampler: SamplerClient) -> None:
    chat = talk(("user", "Hi"))
    written = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    ids = TokenIds(ids=[1])
    by_text, by_chat, by_begin, by_ids = sampler.score(
        [
            ScoreInput(prompt=written, continuation=" 42"),
            ScoreInput(messages=chat, continuation=" 42"),
            ScoreInput(continuation=" 42"),
            ScoreInput(prompt_ids=ids, continuation=" 42"),
        ]
    ).scores
    assert by_text == by_chat
    assert by_begin == by_ids
    assert by_text != by_begin
    assert len(by_text.logprobs) == len(by_text.token_ids.ids) > 0


BAD_INPUTS = [
    (ScoreInput(prompt_ids=TokenIds(ids=[600]), continuation="x"), r"inputs\[1\].prompt_ids.ids"),
    (ScoreInput(continuation_ids=TokenIds(ids=[600])), r"inputs\[1\].continuation_ids.ids"),
    (ScoreInput(continuation="word " * 4_000), r"inputs\[1\].continuation"),
    (ScoreInput(messages=talk(("assistant", "x")), continuation="x"), r"inputs\[1\].messages"),
]


@pytest.mark.parametrize(("bad", "field"), BAD_INPUTS)
def test_an_input_that_does_not_fit_is_refused_by_place_and_field(
    sampler: SamplerClient, bad: ScoreInput, field: str
) -> None:
    with pytest.raises(InvalidRequestError, match=f"^{field}: "):
        sampler.score([ScoreInput(continuation="fine"), bad])

"""The openai engine before plain HTTP servers: what is refused, what is lost, what is taken."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from veridical.sampling.engine import CannotDo, EngineLost, Refused
from veridical.sampling.engines.openai.endpoint import Endpoint
from veridical.sampling.engines.openai.engine import OpenaiEngine
from veridical.sampling.model import (
    Conversation,
    Draw,
    DrawSettings,
    Finish,
    Pair,
    Prompt,
    Text,
    Tokens,
    Turn,
)

Answer = Callable[[str, dict[str, Any]], tuple[int, Any]]
COMPLETION = {"choices": [{"text": " 4", "finish_reason": "stop", "index": 0}]}
CHAT = {"choices": [{"message": {"role": "assistant", "content": "4"}, "finish_reason": "length"}]}


class Server:
    """A server of one model that answers as it is told, and keeps what it was asked."""

    def __init__(self, owner: str = "someone", answer: Answer | None = None) -> None:
        self.owner = owner
        self.answer: Answer = answer or (
            lambda path, _: (200, CHAT if "chat" in path else COMPLETION)
        )
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            models = {"object": "list", "data": [{"id": "m", "owned_by": server.owner}]}
            self._send(200, models)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.asked.append((self.path, body))
            self._send(*server.answer(self.path, body))

        def _send(self, status: int, content: Any) -> None:
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*arguments: Any) -> Server:
        servers.append(Server(*arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@asynccontextmanager
async def engine_at(*servers: Server, model: str = "m") -> AsyncIterator[OpenaiEngine]:
    engine = OpenaiEngine([Endpoint(server.url, model, None, 4) for server in servers], "m", 4, 0.1)
    try:
        await engine.start()
        yield engine
    finally:
        await engine.close()


def draw(prompt: Prompt, **settings: Any) -> Draw:
    return Draw("m", prompt, DrawSettings(**{"max_tokens": 5, **settings}), 77)


TALK = Conversation((Turn("user", "2 + 2?"),))


async def test_a_sample_is_asked_for_with_all_its_settings(serve: Callable[..., Server]) -> None:
    server = serve()
    async with engine_at(server) as engine:
        drawn = await engine.draw(draw(Text("2+2="), temperature=0.5, top_p=0.9, stop=("x",)))
        assert (drawn.text, drawn.finish, drawn.log_chance) == (" 4", Finish.STOP, None)
        assert (drawn.token_ids, drawn.weight_version) == ((), None)
        await engine.draw(draw(Tokens((1, 2))))
        talked = await engine.draw(draw(TALK))
        assert (talked.text, talked.finish) == ("4", Finish.LENGTH)
    first, second, third = server.asked
    assert first == (
        "/v1/completions",
        {
            "model": "m",
            "prompt": "2+2=",
            "temperature": 0.5,
            "top_p": 0.9,
            "max_tokens": 5,
            "seed": 77,
            "stop": ["x"],
        },
    )
    assert second[1]["prompt"] == [1, 2]
    assert (third[0], third[1]["messages"]) == (
        "/v1/chat/completions",
        [{"role": "user", "content": "2 + 2?"}],
    )


async def test_log_probabilities_are_read_from_both_forms(serve: Callable[..., Server]) -> None:
    told = {"token_logprobs": [-1.0, -2.0], "top_logprobs": [{"a": -1.0, "b": -1.5}, None]}
    chat = {"content": [{"token": "4", "logprob": -0.5, "top_logprobs": [{"logprob": -0.5}]}]}

    def answer(path: str, _: dict[str, Any]) -> tuple[int, Any]:
        form = CHAT if "chat" in path else COMPLETION
        return 200, {"choices": [form["choices"][0] | {"logprobs": chat if form is CHAT else told}]}

    async with engine_at(serve("vllm", answer)) as engine:
        plain = await engine.draw(draw(Text("x"), logprobs=True))
        assert plain.logprobs == (-1.0, -2.0)
        assert plain.log_chance is not None
        assert (await engine.draw(draw(TALK, logprobs=True))).logprobs == (-0.5,)
        assert (await engine.draw(draw(TALK))).logprobs == ()


def told(ids: list[int] | None = None, **logprobs: Any) -> Any:
    choice = {"text": "x", "finish_reason": "stop", "token_ids": ids}
    return {"choices": [choice | ({"logprobs": logprobs} if logprobs else {})]}


CANNOT = [
    (draw(Text("x"), logprobs=True), COMPLETION, "no log-probabilities"),
    (draw(Text("x"), top_k=5), COMPLETION, "top_k"),
    (draw(Text("x")), {"choices": [{"text": "", "finish_reason": "content_filter"}]}, "ended"),
    (draw(Text("x")), {"error": "?"}, "not of OpenAI's form"),
    (draw(Text("x")), {"choices": []}, "not of OpenAI's form"),
    (draw(Text("x"), logprobs=True), told(token_logprobs=[2.0]), "not of OpenAI's form"),
    (draw(Text("x"), logprobs=True), told(token_logprobs=[float("nan")]), "OpenAI's form"),
    (draw(Text("x"), logprobs=True), told(token_logprobs=[-1.0, None]), "no log-prob"),
    (draw(Text("x"), logprobs=True), told([1, 2], token_logprobs=[-1.0]), "2 tokens and 1 of"),
    (
        draw(Text("x"), logprobs=True),
        told(token_logprobs=[-1.0], top_logprobs=[{}, {}]),
        "the likeliest of other tokens",
    ),
    (draw(Text("x")), told([7] * 6), "drew 6 tokens where 5"),
    (draw(Text("x")), told([-1]), "not of OpenAI's form"),
    (draw(Text("x")), told([2**31]), "not of OpenAI's form"),
]
"""What is asked for, what an endpoint answers, and what is said of it."""


@pytest.mark.parametrize(("wanted", "answer", "problem"), CANNOT)
async def test_what_an_endpoint_does_not_give_is_refused(
    serve: Callable[..., Server], wanted: Draw, answer: Any, problem: str
) -> None:
    async with engine_at(serve("someone", lambda *_: (200, answer))) as engine:
        with pytest.raises(CannotDo, match=problem):
            await engine.draw(wanted)


async def test_what_only_some_endpoints_give_is_not_made_up(serve: Callable[..., Server]) -> None:
    async with engine_at(serve()) as engine:
        with pytest.raises(CannotDo, match="prompts"):
            await engine.score("m", [Pair(Text("a"), Text("b"))])
        with pytest.raises(CannotDo, match="at the endpoint"):
            await engine.update_weights("m", "/x")
        with pytest.raises(CannotDo, match="at the endpoint"):
            await engine.load_adapter("m", "n", "/x")
        with pytest.raises(Refused, match="required"):
            await engine.draw(draw(Text("x"), max_tokens=None))
        assert (await engine.prepare("m", Text("x"))).tokens is None
    async with engine_at(serve("vllm")) as engine:
        assert (await engine.draw(draw(Text("x"), top_k=5))).text == " 4"


async def test_another_address_takes_over_from_one_that_is_lost(
    serve: Callable[..., Server],
) -> None:
    first, second = serve(), serve()
    async with engine_at(first, second) as engine:
        first.stop()
        for _ in range(4):
            assert (await engine.draw(draw(Text("x")))).text == " 4"
        assert len(second.asked) == 4
        second.answer = lambda *_: (503, {})
        with pytest.raises(EngineLost, match="503"):
            await engine.draw(draw(Text("x")))
        second.answer = lambda *_: (400, {"error": {"message": "too long"}})
        with pytest.raises(CannotDo, match=r"400.*too long"):
            await engine.draw(draw(Text("x")))


LIES_OF_SCORES = [
    ([None, {"7": {"logprob": 0.5}}], "not of OpenAI's form"),
    ([None, {"8": {"logprob": -0.5}}], "of other tokens"),
    ([None, None], "of other tokens"),
    ([None], "no log-probabilities"),
    ([None, {"7": {"logprob": -0.5}}, {"7": {"logprob": -0.5}}], "no log-probabilities"),
]


@pytest.mark.parametrize(("lie", "problem"), LIES_OF_SCORES)
async def test_scores_that_cannot_be_are_refused(
    serve: Callable[..., Server], lie: Any, problem: str
) -> None:
    choice = {"text": "", "finish_reason": "length", "prompt_logprobs": lie}
    server = serve("vllm", lambda *_: (200, {"choices": [choice]}))
    async with engine_at(server) as engine:
        with pytest.raises(CannotDo, match=problem):
            await engine.score("m", [Pair(Tokens((1,)), Tokens((7,)))])


async def test_an_answer_without_end_is_cut_off_and_an_error_is_told_in_print(
    serve: Callable[..., Server],
) -> None:
    server = serve("someone", lambda *_: (200, {"choices": [{"text": "x" * (65 << 20)}]}))
    async with engine_at(server) as engine:
        with pytest.raises(CannotDo, match="more than 67,108,864 bytes"):
            await engine.draw(draw(Text("x")))
        server.answer = lambda *_: (400, "\x1b[2J\u202e<b>")
        with pytest.raises(CannotDo, match=r"400: .*<b>") as error:
            await engine.draw(draw(Text("x")))
        assert str(error.value).isprintable()


async def test_a_model_that_is_not_served_is_told_at_the_start(
    serve: Callable[..., Server],
) -> None:
    with pytest.raises(CannotDo, match="no model 'other'; there are m"):
        async with engine_at(serve(), model="other"):
            pass


async def test_an_address_where_nobody_answers_is_given_up(serve: Callable[..., Server]) -> None:
    gone = serve()
    gone.stop()
    with pytest.raises(EngineLost, match="no endpoint answered"):
        async with engine_at(gone):
            pass

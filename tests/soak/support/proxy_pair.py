"""A solution and its judge in two processes joined by a socket pair, without any isolation.

They are forked from a small server process: forking a whole test session would take most of the time.
"""

from __future__ import annotations

import functools
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import veridical.code.cell.judge.suites.files
from veridical.code.cell.judge.serve import serve as serve_judge
from veridical.code.cell.solution.serve import serve as serve_solution
from veridical.sandbox.inner.channel import Channel

CPU_SECONDS = 5
WALL_SECONDS = 6
MEMORY_BYTES = 2 << 30

__all__ = [
    "JudgeDied",
    "close",
    "forged",
    "judged",
    "suites_apart",
    "tell_apart",
    "told",
    "veridical",
]


class JudgeDied(Exception):
    """The judge ended without a result."""


def judged(source: str, request: dict[str, Any], module: str = "solution") -> dict[str, Any]:
    """What the judge says about a program."""
    load = {"source": source, "module": module, "waits": "files" in request}
    return _ask({"load": load, "request": request})


def told(program: str, tests: str) -> str:
    """The reason of the judge's verdict on a program, of tests as asserts."""
    return str(_of_asserts(program, tests)["reason"])


def _of_asserts(program: str, tests: str) -> dict[str, Any]:
    return judged(program, {"asserts": {"test_code": tests, "entry_point": ""}})


def tell_apart(right: str, wrong: str, tests: str) -> None:
    """The right program passes the tests, the wrong one fails them."""
    passed, failed = _of_asserts(right, tests), _of_asserts(wrong, tests)
    assert passed["reason"] == "tests_passed", passed
    assert failed["reason"] in ("wrong_answer", "runtime_error"), failed


def suites_apart(runner: str, right: str, wrong: str, tests: str) -> None:
    """The right program passes the tests as a suite of a file, the wrong one fails them."""
    files = [{"path": "test_it.py", "content": tests}]
    request = {"files": {"files": files, "solution_path": "solution.py", "runner": runner}}
    passed, failed = judged(right, request), judged(wrong, request)
    assert passed["passed"], passed
    assert (failed["passed"], failed["reason"]) == (False, "wrong_answer"), failed


def forged(forger: str, request: dict[str, Any]) -> dict[str, Any]:
    """What the judge says about whatever speaks at the other end: Python that is given `peer`."""
    return _ask({"forger": forger, "request": request})


@functools.cache
def _server() -> tuple[Channel, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()
    theirs.set_inheritable(True)
    server = subprocess.Popen(
        [sys.executable, __file__, str(theirs.fileno())],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        pass_fds=[theirs.fileno()],
    )
    theirs.close()
    return Channel(ours), server


def close() -> None:
    """Ends the server process, if there is one; the next question starts another."""
    if _server.cache_info().currsize:
        channel, server = _server()
        _server.cache_clear()
        channel.close()
        server.wait()


def _ask(job: dict[str, Any]) -> dict[str, Any]:
    server, _ = _server()
    server.send(json.dumps(job).encode())
    answer: dict[str, Any] = json.loads(server.receive())
    if "died" in answer:
        raise JudgeDied(answer["died"])
    return answer


def _main() -> None:
    channel = Channel(socket.socket(fileno=int(sys.argv[1])))
    while True:
        try:
            job = json.loads(channel.receive())
        except EOFError:
            return
        channel.send(json.dumps(_run(job)).encode())


def _run(job: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        solution_end, judge_end = socket.socketpair()
        control, judge_control = socket.socketpair()
        processes = [
            _forked(folder, [solution_end], lambda: _solution(job, Channel(solution_end))),
            _forked(
                folder,
                [judge_end, judge_control],
                lambda: serve_judge(Channel(judge_control, takes_peers=True), Channel(judge_end)),
            ),
        ]
        for end in (solution_end, judge_end, judge_control):
            end.close()
        control.settimeout(WALL_SECONDS)
        host = Channel(control)
        host.send(json.dumps(job["request"]).encode())
        try:
            return _result(host, folder)
        finally:
            host.close()
            for process in processes:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)


def _solution(job: dict[str, Any], peer: Channel) -> None:
    if "forger" in job:
        exec(job["forger"], {"peer": peer, "json": json})
        return
    ours, theirs = socket.socketpair()
    Channel(ours).send(json.dumps({"load": job["load"]}).encode())
    serve_solution(Channel(theirs), peer)


def _result(host: Channel, folder: str) -> dict[str, Any]:
    while True:
        try:
            message = json.loads(host.receive())
        except (EOFError, TimeoutError):
            trace = Path(folder, ".trace")
            return {"died": trace.read_text() if trace.exists() else "killed"}
        if "result" in message:
            result: dict[str, Any] = message["result"]
            return result


def _forked(folder: str, kept: list[socket.socket], act: Callable[[], None]) -> int:
    process = os.fork()
    if process:
        return process
    try:
        quiet = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(quiet, descriptor)
        for descriptor in set(range(3, 64)) - {end.fileno() for end in kept}:
            _close(descriptor)
        os.chdir(folder)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        act()
    except BaseException:
        with Path(folder, ".trace").open("a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
    finally:
        os._exit(0)


def _close(descriptor: int) -> None:
    try:
        os.close(descriptor)
    except OSError:
        return


if __name__ == "__main__":
    _main()

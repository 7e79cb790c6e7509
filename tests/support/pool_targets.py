"""Functions for the workers of the pool tests; found by the workers through PYTHONPATH."""

from __future__ import annotations

import contextlib
import enum
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

_leaked: list[bytes] = []
_warmed = False


class Sign(enum.Enum):
    MINUS = "minus"
    PLUS = "plus"


@dataclass(frozen=True, slots=True)
class Number:
    sign: Sign
    digits: str


@dataclass(frozen=True, slots=True)
class Environment:
    pid: int
    hash_seed: str
    text_hash: int
    warmed: bool
    preloaded: bool
    niceness: int


def warm_up() -> None:
    global _warmed
    _warmed = True


def hang() -> None:
    while True:
        pass


def warm_up_if_allowed() -> None:
    if not Path(os.environ["POOL_TEST_GATE"]).exists():
        raise RuntimeError("the gate is shut")


def environment(_: int) -> Environment:
    time.sleep(0.2)  # long enough for the next item to go to another worker
    seed = os.environ["PYTHONHASHSEED"]
    preloaded = "colorsys" in sys.modules
    return Environment(os.getpid(), seed, hash("text"), _warmed, preloaded, os.nice(0))


def double(number: int) -> int:
    return 2 * number


def slow_double(number: int) -> int:
    """Takes 0 to 4 ms, depending on the number."""
    time.sleep(number % 5 / 1000)
    return 2 * number


def negate(number: Number) -> Number:
    sign = Sign.PLUS if number.sign is Sign.MINUS else Sign.MINUS
    return Number(sign, number.digits)


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def leak(megabytes: int) -> int:
    _leaked.append(b"x" * (megabytes << 20))
    return os.getpid()


def leak_much() -> None:
    leak(160)


def burn(seconds: float) -> str:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "burnt"


def act(deed: str) -> str:
    """Does what it is told; upper-cases what it does not know."""
    known = _DEEDS.get(deed)
    return deed.upper() if known is None else known()


def _hang() -> str:
    while True:
        pass


def _hang_in_power() -> str:
    return str(10**10**8)[:1]


def _hang_in_regex() -> str:
    return str(re.match(r"(a+)+$", "a" * 64 + "b"))


def _sleep() -> str:
    time.sleep(1000)
    return "slept"


def _grow() -> str:
    grown: list[bytearray] = []
    while True:
        grown.append(bytearray(b"x" * (1 << 20)))


def _grow_and_swallow() -> str:
    with contextlib.suppress(BaseException):
        _grow()
    return "fooled"


def _peak() -> str:
    """Passes the limit for some milliseconds only."""
    return b"x".ljust(160 << 20)[:1].decode()


def _ask_for_too_much() -> str:
    return bytearray(1 << 45)[:1].decode()


def _exit() -> str:
    os._exit(0)


def _segmentation_fault() -> str:
    os.kill(os.getpid(), signal.SIGSEGV)
    return "survived"


def _huge() -> str:
    return "x" * (20 << 20)


def _wrong_type() -> str:
    return 7  # type: ignore[return-value]


def _send(body: bytes, length: int | None = None) -> str:
    size = len(body) if length is None else length
    os.write(int(sys.argv[2]), size.to_bytes(4, "little") + body)
    time.sleep(1000)
    return "unreachable"


def _garbage() -> str:
    return _send(b"\xc1 is no msgpack")


def _endless_frame() -> str:
    return _send(b"x", length=0xFFFF_FFFF)


def _foreign_reply() -> str:
    return _send(msgspec.msgpack.encode(["returned", 10_000, 0.0, 0, "forged"]))


def _forged_time() -> str:
    return _send(msgspec.msgpack.encode(["returned", 1, float("nan"), 0, "forged"]))


def _hang_up() -> str:
    os.close(int(sys.argv[2]))
    time.sleep(1000)
    return "unreachable"


def _shrink_page() -> str:
    os.ftruncate(int(sys.argv[3]), 0)
    return "shrunk"


def _flood_output() -> str:
    for _ in range(2_000):
        print("x" * 1_000)
    return "flooded"


def _raise() -> str:
    raise LookupError("the text of an item")


def _leave() -> str:
    raise SystemExit(3)


def _look_at_the_clock() -> str:
    return str(time.monotonic_ns())


_DEEDS: dict[str, Callable[[], str]] = {
    "hang": _hang,
    "hang in power": _hang_in_power,
    "hang in regex": _hang_in_regex,
    "sleep": _sleep,
    "grow": _grow,
    "grow and swallow": _grow_and_swallow,
    "peak": _peak,
    "ask for too much": _ask_for_too_much,
    "exit": _exit,
    "segmentation fault": _segmentation_fault,
    "huge": _huge,
    "wrong type": _wrong_type,
    "garbage": _garbage,
    "endless frame": _endless_frame,
    "foreign reply": _foreign_reply,
    "forged time": _forged_time,
    "hang up": _hang_up,
    "shrink page": _shrink_page,
    "flood output": _flood_output,
    "look at the clock": _look_at_the_clock,
    "raise": _raise,
    "leave": _leave,
}

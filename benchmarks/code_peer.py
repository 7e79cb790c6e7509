"""evalplus's checker on a trivial problem, for `code_speed.py`: `code_peer.py COUNT AT_ONCE`.

Runs in `.venv-bench`. Prints the verdicts a second; fails if one of them is not "pass".
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from evalplus.eval import PASS, untrusted_check

_PROGRAM = "def add(a, b):\n    return a + b\n"
_INPUTS = [[1, 2], [3, 4], [-1, 1]]
_EXPECTED = [3, 7, 0]


def main() -> None:
    """Check the program COUNT times, AT_ONCE at a time."""
    count, at_once = int(sys.argv[1]), int(sys.argv[2])
    with ThreadPoolExecutor(at_once) as threads:
        begin = time.perf_counter()
        found = list(threads.map(_check, range(count)))
        seconds = time.perf_counter() - begin
    if set(found) != {PASS}:
        raise SystemExit(f"evalplus says {set(found)}")
    print(count / seconds)


def _check(number: int) -> str:
    program = f"{_PROGRAM}# {number}\n"
    status, _ = untrusted_check(
        "humaneval", program, _INPUTS, "add", _EXPECTED, 0, [0.01] * 3, fast_check=True
    )
    return str(status)


if __name__ == "__main__":
    main()

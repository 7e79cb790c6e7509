"""What a code server exports beside what every server does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

from veridical.api.v1.code_pb2 import CodeTask
from veridical.client import Client, Item, Task

PTRACE = "import ctypes\nctypes.CDLL(None).ptrace(0, 0, 0, 0)\nprint(1)"


def test_attempts_and_leftovers_are_counted(
    start_service: Any, free_port: Callable[[], int]
) -> None:
    port = free_port()
    service = start_service("code", "--workers", "1", "--metrics-port", str(port))
    task = CodeTask(language="python", stdio={"cases": [{"expected_stdout": "1"}]})
    item = Item(id="1", task=Task(code=task), response=f"```python\n{PTRACE}\n```")
    with Client(service.address) as client:
        verdict = client.verify(item, timeout=60)
    assert verdict.reward == 1.0
    assert list(verdict.code.attempts) == ["ptrace"]
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    assert 'veridical_code_attempts_total{attempt="ptrace"} 1.0' in text
    assert 'veridical_code_processes{state="zombie"} 0.0' in text
    live = re.search(r'veridical_code_processes{state="live"} (\d+)', text)
    assert live is not None
    assert int(live[1]) > 1
    for stage in ("start", "run", "compare"):
        assert f'veridical_verify_seconds_count{{stage="{stage}",verifier="code"}} 1.0' in text

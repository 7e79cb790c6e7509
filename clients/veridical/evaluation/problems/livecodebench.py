"""LiveCodeBench (Jain et al., 2024): programs on stdin, and functions called with JSON values."""

from __future__ import annotations

import base64
import binascii
import io
import json
import pickle
import zlib
from typing import Any, NoReturn

from veridical.api.v1.code_pb2 import CallCase, CallTests, CodeTask, StdioCase, StdioTests
from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task
from veridical.evaluation.problems.code import INSTRUCTION
from veridical.evaluation.problems.rows import ProblemError, Row, text_of

_MAX_TEST_BYTES = 256 << 20


def livecodebench_item(row: Row, number: int) -> Item:
    """Return the problem of a row of `code_generation_lite`, with its public and private tests.

    Raises:
        ProblemError: A field is missing, tests cannot be read, or their kinds are mixed.
    """
    cases = _cases(row, "public_test_cases") + _cases(row, "private_test_cases")
    kinds = {str(case.get("testtype")) for case in cases}
    if kinds not in ({"stdin"}, {"functional"}):
        raise ProblemError(f"test cases: testtype {sorted(kinds)}; all stdin or all functional")
    starter = str(row.get("starter_code") or "").strip()
    given = f"\n\nBegin with this code:\n\n```python\n{starter}\n```" if starter else ""
    prompt = f"{text_of(row, 'question_content').strip()}{given}\n\n{INSTRUCTION}"
    task = CodeTask(language="python")
    if kinds == {"stdin"}:
        task.stdio.CopyFrom(StdioTests(cases=[_stdio(case) for case in cases]))
    else:
        task.calls.CopyFrom(_calls(row, cases))
    name = str(row.get("question_id") or number)
    return Item(group=f"livecodebench/{name}", prompt=prompt, task=Task(code=task))


def _stdio(case: dict[str, Any]) -> StdioCase:
    return StdioCase(stdin=case["input"], expected_stdout=case["output"])


def _calls(row: Row, cases: list[dict[str, Any]]) -> CallTests:
    """Each line of an input is one argument, in JSON."""
    name = _metadata(row).get("func_name")
    if not isinstance(name, str) or not name:
        raise ProblemError("metadata: no func_name")
    in_class = "class Solution" in str(row.get("starter_code"))
    entry = f"Solution.{name}" if in_class else name
    made = []
    for case in cases:
        lines = [line for line in case["input"].split("\n") if line.strip()]
        made.append(CallCase(args=f"[{', '.join(lines)}]", expected=case["output"]))
    return CallTests(entry_point=entry, cases=made)


def _metadata(row: Row) -> dict[str, Any]:
    value = row.get("metadata") or {}
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ProblemError(f"metadata: {error}") from None
    return found if isinstance(found, dict) else {}


def _cases(row: Row, name: str) -> list[dict[str, Any]]:
    value = row.get(name) or []
    try:
        cases = _decoded(value) if isinstance(value, str) else value
    except (ValueError, EOFError, zlib.error, pickle.UnpicklingError, RecursionError) as error:
        raise ProblemError(f"{name}: {error}") from None
    if not isinstance(cases, list) or not all(map(_is_case, cases)):
        raise ProblemError(f"{name}: not a list of cases with input, output and testtype")
    return cases


def _is_case(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(field), str) for field in ("input", "output", "testtype")
    )


def _decoded(text: str) -> Any:
    """Private tests come as JSON in a pickled text, packed by zlib and base64."""
    if text.lstrip().startswith("["):
        return json.loads(text)
    try:
        packed = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ProblemError(str(error)) from None
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(packed, _MAX_TEST_BYTES)
    if unpacker.unconsumed_tail:
        raise ProblemError(f"more than {_MAX_TEST_BYTES} bytes")
    value = _TextUnpickler(io.BytesIO(data)).load()
    return json.loads(value) if isinstance(value, str | bytes) else value


class _TextUnpickler(pickle.Unpickler):
    """Reads plain values; anything that would import or call is refused."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"asks for {module}.{name}")

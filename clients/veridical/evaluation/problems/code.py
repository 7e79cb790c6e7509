"""HumanEval (Chen et al., 2021) and MBPP (Austin et al., 2021), sanitized or not, also as EvalPlus has them."""

from __future__ import annotations

from veridical.api.v1.code_pb2 import AssertTests, CodeTask
from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task
from veridical.evaluation.problems.rows import ProblemError, Row, text_of, texts_of

INSTRUCTION = "Answer with the whole program in one ```python block."


def humaneval_item(row: Row, number: int) -> Item:
    """Return the problem of a row with `prompt`, `test` and `entry_point`.

    Raises:
        ProblemError: A field is missing.
    """
    entry, test = text_of(row, "entry_point"), text_of(row, "test")
    prompt = f"Complete this program.\n\n```python\n{text_of(row, 'prompt').rstrip()}\n```\n\n{INSTRUCTION}"
    tests = AssertTests(entry_point=entry, test_code=f"{test.rstrip()}\n\ncheck({entry})\n")
    return _item(str(row.get("task_id") or f"humaneval/{number}"), prompt, tests)


def mbpp_item(row: Row, number: int) -> Item:
    """Return the problem of a row with `text` or `prompt`, and `test_list`.

    The first test is part of the prompt, since it alone says what the function is called. The
    challenge tests are left out, as in the published protocol.

    Raises:
        ProblemError: A field is missing.
    """
    asserts = texts_of(row, "test_list")
    if not asserts:
        raise ProblemError("test_list: missing or empty")
    setup = [*texts_of(row, "test_imports"), str(row.get("test_setup_code") or "")]
    code = "\n".join([*filter(None, setup), *asserts])
    wanted = text_of(row, "text", "prompt").strip()
    prompt = (
        f"{wanted}\nYour code must pass this test:\n\n```python\n{asserts[0]}\n```\n\n{INSTRUCTION}"
    )
    tests = AssertTests(test_code=code + "\n")
    name = row.get("task_id")
    return _item(f"mbpp/{number if name is None else name}", prompt, tests)


def _item(group: str, prompt: str, tests: AssertTests) -> Item:
    task = Task(code=CodeTask(language="python", asserts=tests))
    return Item(group=group, prompt=prompt, task=task)

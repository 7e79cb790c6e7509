"""GSM8K (Cobbe et al., 2021) and MATH (Hendrycks et al., 2021), MATH-500 included."""

from __future__ import annotations

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import Task
from veridical.evaluation.problems.rows import ProblemError, Row, text_of

INSTRUCTION = "Please reason step by step, and put your final answer within \\boxed{}."
"""Zero-shot, as Yue et al. (arXiv 2504.13837) ask base and RL models alike."""

_MARK = "####"
_BOXES = ("\\boxed{", "\\fbox{")


def gsm8k_item(row: Row, number: int) -> Item:
    """Return the problem of a row with `question` and `answer`, whose gold stands behind `####`.

    Raises:
        ProblemError: A field is missing or holds no gold.
    """
    _, mark, gold = text_of(row, "answer").rpartition(_MARK)
    if not mark or not gold.strip():
        raise ProblemError(f"answer: no gold behind {_MARK}")
    return _item(f"gsm8k/{number}", text_of(row, "question"), gold.strip())


def math_item(row: Row, number: int) -> Item:
    """Return the problem of a row with `problem` and `answer`, or `solution` that boxes it.

    Raises:
        ProblemError: A field is missing or holds no gold.
    """
    name = str(row.get("unique_id") or f"math/{number}")
    gold = row["answer"] if isinstance(row.get("answer"), str) else ""
    gold = gold.strip() or last_box(text_of(row, "solution"))
    if _MARK in gold:
        raise ProblemError(f"answer: holds {_MARK}, as those of gsm8k do")
    if not gold:
        raise ProblemError("solution: boxes no answer")
    return _item(name, text_of(row, "problem", "question"), gold)


def last_box(solution: str) -> str:
    r"""Return what stands in the last `\boxed{...}`, braces balanced; empty where there is none."""
    start = max(solution.rfind(box) + len(box) if box in solution else -1 for box in _BOXES)
    depth, end = 1, start
    while start >= 0 and depth and end < len(solution):
        escaped = end > 0 and solution[end - 1] == "\\"
        if not escaped:
            depth += {"{": 1, "}": -1}.get(solution[end], 0)
        end += 1
    return solution[start : end - 1].strip() if start >= 0 and not depth else ""


def _item(group: str, problem: str, gold: str) -> Item:
    prompt = f"{problem.strip()}\n{INSTRUCTION}"
    return Item(group=group, prompt=prompt, task=Task(math=MathTask(gold=gold)))

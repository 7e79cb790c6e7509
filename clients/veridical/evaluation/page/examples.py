"""Responses with their evidence, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from veridical.client.items import outcome_name
from veridical.evaluation.examples import Choice, Example, SolvedBy
from veridical.evaluation.page.evidence import evidence_rows
from veridical.evaluation.page.text import block, inline, name
from veridical.evaluation.runs.store import Drawn


def examples_section(found: Sequence[Example]) -> str:
    """Return problems with a response of each model, and what the verdict on it rests on."""
    note = (
        '<p class="note">Of each kind the problems that their solver gets right most often; of each model '
        "its first right response, or its first wrong one. Long texts are cut in the middle; characters "
        "that do not print are named.</p>"
    )
    return note + "".join(map(_example, found))


def _example(example: Example) -> str:
    item = example.responses[0].item
    sides = "".join(map(_response, example.responses))
    return (
        f'<section class="example"><h3>{_kind(example.choice)}: {inline(item.group, 120)}</h3>'
        f'{block(item.prompt)}<div class="sides">{sides}</div></section>'
    )


def _kind(choice: Choice) -> str:
    if choice.solved_by is SolvedBy.BOTH:
        return f"Solved by {name(choice.base)} and {name(choice.other)}"
    if choice.solved_by is SolvedBy.NEITHER:
        return f"Solved by neither {name(choice.base)} nor {name(choice.other)}"
    solver = choice.base if choice.solved_by is SolvedBy.BASE_ONLY else choice.other
    return f"Solved by {name(solver)} alone"


def _response(drawn: Drawn) -> str:
    assert drawn.verdict is not None
    rows = "".join(
        f"<dt>{escape(label)}</dt><dd>{inline(value)}</dd>"
        for label, value in evidence_rows(drawn.verdict, drawn.item.task)
    )
    kind = outcome_name(drawn.verdict.outcome)
    number = drawn.sample.sample_index
    return (
        f"<div><p><strong>{name(drawn.model)}</strong>, sample {number:,}</p>"
        f"{block(drawn.sample.text, kind)}<dl>{rows}</dl></div>"
    )

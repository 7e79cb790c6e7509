"""Which tests are flaky, broken or weak, found by running right programs again and wrong ones once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from veridical.api.v1.code_pb2 import CODE_EXTRACTION_LAST_FENCED_BLOCK
from veridical.cli.audits.mutants import Mutant, mutants
from veridical.cli.render import collapsed, one_line
from veridical.client import (
    AsyncClient,
    Item,
    Outcome,
    Reason,
    Verdict,
    outcome_name,
    reason_name,
)

_COMMENTS = {"python": "#", "bash": "#"}
_OTHER_COMMENT = "//"
_ITEMS_AT_A_TIME = 16


class Kind(StrEnum):
    """What may be wrong with tests."""

    INVALID = "invalid"
    """The item itself is malformed, so that nothing was run."""
    BROKEN = "broken"
    """The program that should pass does not."""
    FLAKY = "flaky"
    """The same program passes in one run and not in another."""
    WEAK = "weak"
    """A changed program passes as well. Now and then such a change is none in effect."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at, by the item's id."""

    id: str
    kind: Kind
    detail: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """How thoroughly tests are tried out.

    Attributes:
        runs: Runs of each right program.
        mutants: Wrong variants of each.
    """

    runs: int
    mutants: int


@dataclass(frozen=True, slots=True)
class _Probe:
    """One more program for an item's tests; `mutant` is None for the right program again."""

    item: Item
    of: int
    mutant: Mutant | None


async def audit(
    items: Sequence[Item], wanted: Wanted, client: AsyncClient
) -> AsyncGenerator[list[Finding], None]:
    """Yield what is found about each item, in their order: nothing, or one finding or several.

    Some items are tried out at a time, so that what is found about them is there before the others'.
    """
    for begin in range(0, len(items), _ITEMS_AT_A_TIME):
        some = items[begin : begin + _ITEMS_AT_A_TIME]
        first = await client.verify_many(some)
        probes = list(_probes(some, first, wanted))
        answers = await client.verify_many([probe.item for probe in probes])
        verdicts: list[list[tuple[_Probe, Verdict]]] = [[] for _ in some]
        for probe, verdict in zip(probes, answers, strict=True):
            verdicts[probe.of].append((probe, verdict))
        for item, verdict, probed in zip(some, first, verdicts, strict=True):
            yield list(dict.fromkeys(_findings(item.id, verdict, probed)))


def _probes(items: Sequence[Item], first: Sequence[Verdict], wanted: Wanted) -> Iterator[_Probe]:
    for place, (item, verdict) in enumerate(zip(items, first, strict=True)):
        if verdict.reason == Reason.REASON_INVALID_ITEM:
            continue
        language = item.task.code.language
        program = verdict.code.program
        for run in range(1, wanted.runs):
            # Equal programs would be judged once: a comment makes each another.
            comment = f"{_COMMENTS.get(language, _OTHER_COMMENT)} run {run}"
            yield _Probe(_with(item, f"{program}\n{comment}", f"{place}/{run}"), place, None)
        if language == "python" and verdict.outcome == Outcome.OUTCOME_CORRECT:
            for number, mutant in enumerate(mutants(program, wanted.mutants)):
                yield _Probe(_with(item, mutant.source, f"{place}/m{number}"), place, mutant)


def _with(item: Item, program: str, probe_id: str) -> Item:
    """The item with another program in its response."""
    probe = Item()
    probe.CopyFrom(item)
    probe.id = probe_id
    fence = "`" * 3
    while fence in program:
        fence += "`"
    probe.response = f"{fence}{item.task.code.language}\n{program}\n{fence}"
    probe.task.code.extraction = CODE_EXTRACTION_LAST_FENCED_BLOCK
    return probe


def _findings(
    item_id: str, first: Verdict, probed: Sequence[tuple[_Probe, Verdict]]
) -> Iterator[Finding]:
    if first.reason == Reason.REASON_INVALID_ITEM:
        yield Finding(item_id, Kind.INVALID, collapsed(first.detail))
        return
    runs = [first, *(verdict for probe, verdict in probed if probe.mutant is None)]
    told = Counter(_told(verdict) for verdict in runs)
    if len({verdict.outcome for verdict in runs}) > 1:
        counts = ", ".join(f"{count} x {name}" for name, count in told.most_common())
        yield Finding(item_id, Kind.FLAKY, counts)
        return
    if first.outcome != Outcome.OUTCOME_CORRECT:
        yield Finding(item_id, Kind.BROKEN, collapsed(f"{_told(first)} {first.detail}"))
    for probe, verdict in probed:
        mutant = probe.mutant
        if mutant is not None and verdict.outcome == Outcome.OUTCOME_CORRECT:
            before, after = (one_line(text, 80) for text in (mutant.before, mutant.after))
            yield Finding(item_id, Kind.WEAK, f"line {mutant.line}: {before} -> {after}")


def _told(verdict: Verdict) -> str:
    return f"{outcome_name(verdict.outcome)} ({reason_name(verdict.reason)})"

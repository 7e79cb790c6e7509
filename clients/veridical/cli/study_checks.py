"""What is found out before a study samples anything: problems that nobody could judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from veridical.cli.exits import CommandError
from veridical.cli.render import one_line
from veridical.client import AsyncClient

if TYPE_CHECKING:
    from veridical.evaluation.problems.written import Written

_NAMED = 5
"""Problems that are named."""
_CHARACTERS = 160


async def refuse_unjudged(
    file: Path, written: Sequence[Written], verifier: AsyncClient, console: Console
) -> None:
    """Refuse problems whose tasks no service takes, and tell of golds that cannot be read.

    Args:
        file: Where the problems stand.
        written: The problems.
        verifier: Who will judge.
        console: Where golds are told of: their problems stay UNDECIDED, and the rest is worth a study.

    Raises:
        CommandError: A problem cannot be judged; its line and field are named.
        VeridicalError: The verifier is out of reach.
    """
    from veridical.evaluation.problems.checking import checked

    found = await checked([each.item for each in written], verifier)
    if found.faults:
        raise CommandError("\n  ".join(_lines(file, written, found.faults)))
    if found.golds:
        told = [f"{len(found.golds):,} of {len(written):,} problems stay UNDECIDED:"]
        told += _lines(file, written, found.golds)
        console.print("\n  ".join(told), soft_wrap=True, markup=False)


def _lines(file: Path, written: Sequence[Written], faults: Mapping[int, str]) -> list[str]:
    places = sorted(faults)
    told = [
        f"{file}, line {written[place].line}: {one_line(faults[place], _CHARACTERS)}"
        for place in places[:_NAMED]
    ]
    more = len(places) - len(told)
    return [*told, f"... and {more:,} more"] if more else told

"""What the command shows a person: summaries of verdicts and descriptions of servers."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from veridical.cli.tally import Tally
from veridical.client import DescribeResponse

OUTCOME_STYLES = {"correct": "green", "incorrect": "red", "undecided": "yellow"}
"""Colours of the outcomes, by name."""


def summary(tally: Tally) -> RenderableType:
    """Return a table of outcomes and reasons, and the mean reward below it."""
    if not tally.total:
        return Text("no items")
    table = _table()
    table.add_column("outcome")
    table.add_column("reason")
    table.add_column("items", justify="right")
    table.add_column("share", justify="right")
    for row in tally.rows():
        table.add_row(
            Text(row.outcome, style=OUTCOME_STYLES.get(row.outcome, "")),
            row.reason,
            f"{row.items:,}",
            f"{row.items / tally.total:.1%}",
        )
    firsts = [
        Text(f"{row.reason}, first: {collapsed(row.first)}") for row in tally.rows() if row.first
    ]
    return Group(table, *firsts, Text(_reward_line(tally)))


def one_line(text: str, characters: int = 300) -> str:
    """Return a text of foreign origin cut to so many characters, with blanks for what does not print."""
    printable = "".join(each if each.isprintable() else " " for each in text[: characters + 1])
    return printable if len(printable) <= characters else printable[:characters] + "…"


def collapsed(text: str) -> str:
    """Return a text of foreign origin, such as a compiler's message, as one line without runs of blanks."""
    return one_line(" ".join(text.split()))


def duration(seconds: float) -> str:
    """Return a time as a person reads it, such as "0.41 ms", "18.3 s" or "1,234 s"."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 99.95 else f"{seconds:,.0f} s"


def _reward_line(tally: Tally) -> str:
    undecided = tally.total - tally.outcome("correct") - tally.outcome("incorrect")
    rest = f"; {undecided:,} undecided, without a reward" if undecided else ""
    items = f"{tally.total:,} item{'' if tally.total == 1 else 's'}"
    if tally.mean_reward is None:
        return f"{items}, none decided{rest}"
    return f"{items}, mean reward {tally.mean_reward:.3f}{rest}"


def description(server: DescribeResponse) -> RenderableType:
    """Return what a server said of itself and of the verifiers behind it."""
    return Group(*_description(server))


def _description(server: DescribeResponse) -> Iterator[RenderableType]:
    info = server.verifier
    yield Text.assemble((info.name, "bold"), f" {info.version}   {', '.join(server.kinds)}")
    table = _table(show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in _facts(server):
        table.add_row(name, value)
    yield Padding(table, (0, 0, 0, 2), expand=False)
    for backend in server.backends:
        yield Padding(Group(*_description(backend)), (1, 0, 0, 2), expand=False)


def _facts(server: DescribeResponse) -> Iterator[tuple[str, str]]:
    yield "instance", server.verifier.instance
    yield "fingerprint", server.verifier.fingerprint
    for field, value in server.limits.ListFields():
        yield field.name, f"{value:,g}" if isinstance(value, float) else f"{value:,}"
    for name, text in sorted(server.defaults.items()):
        yield f"default {name}", text
    for name, text in sorted(server.library_versions.items()):
        yield name, text


def _table(*, show_header: bool = True) -> Table:
    return Table(box=None, pad_edge=False, show_header=show_header, header_style="dim")

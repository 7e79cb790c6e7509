"""What check-gold shows: findings and their counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import chain
from typing import TextIO

from rich.text import Text

from veridical.cli.golds.finding import Finding, Kind
from veridical.cli.golds.source import Golds
from veridical.cli.render import one_line
from veridical.cli.stdout import OutConsole

NAMES = {
    Kind.BAD_LINE: "bad line",
    Kind.UNPARSABLE: "does not parse",
    Kind.NOT_ITSELF: "does not equal itself",
    Kind.EQUALS_ANYTHING: "equals anything",
    Kind.COSTLY: "too costly to compare",
    Kind.AMBIGUOUS: "ambiguous",
}
"""Each kind of finding in words."""

_STYLES = {Kind.AMBIGUOUS: "yellow", Kind.COSTLY: "yellow"}
_SHOWN_LINES = 5
_SHOWN_CHARACTERS = 200


def write_text(findings: Iterable[Finding], file: TextIO) -> None:
    """Write findings for a person, bad lines with the same problem as one.

    Plain, or coloured where the file is a terminal.
    """
    console = OutConsole(file)
    for finding in _grouped(findings):
        for row in _rows(finding):
            console.print(row, soft_wrap=True)


def write_json(golds: Golds, findings: Sequence[Finding], file: TextIO) -> None:
    """Write findings and counts as one JSON object."""
    told = Counter(finding.kind for finding in findings)
    counts = {
        "lines": golds.lines,
        "lines_without_gold": golds.without,
        "golds": len(golds.distinct),
        "sound": _sound(golds, told),
        **{kind.value: told[kind] for kind in Kind},
    }
    content = {"findings": [asdict(finding) for finding in findings], "counts": counts}
    file.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def summary(golds: Golds, findings: Iterable[Finding]) -> Text:
    """Return the counts in words."""
    if not golds.lines:
        return Text("no golds")
    told = Counter(finding.kind for finding in findings)
    sound = _sound(golds, told)
    lines = f"{golds.lines:,} line{'' if golds.lines == 1 else 's'}"
    count = len(golds.distinct)
    parts = [f"{lines}, {count:,} different gold{'' if count == 1 else 's'}: {sound:,} sound"]
    parts += [f"{told[kind]:,} {_name(kind, told[kind])}" for kind in Kind if told[kind]]
    if golds.without:
        parts.append(f"{golds.without:,} without a math gold (code tasks: veridical audit-tests)")
    return Text(", ".join(parts), style="yellow" if told.total() else "green")


def _name(kind: Kind, count: int) -> str:
    """Return a kind in words; the only one with a plural is that of bad lines."""
    return f"{NAMES[kind]}s" if kind is Kind.BAD_LINE and count > 1 else NAMES[kind]


def _sound(golds: Golds, told: Counter[Kind]) -> int:
    return len(golds.distinct) - told.total() + told[Kind.BAD_LINE]


def _grouped(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings in their order, those without a gold once for each problem."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for number, finding in enumerate(findings):
        key = (str(number),) if finding.gold else (finding.kind, finding.problem, finding.mend)
        groups.setdefault(key, []).append(finding)
    for group in groups.values():
        lines = chain.from_iterable(finding.lines for finding in group)
        yield replace(group[0], lines=tuple(lines))


def _rows(finding: Finding) -> Iterator[Text]:
    head = Text.assemble((_lines(finding.lines), "bold"))
    yield head.append("  " + one_line(finding.gold, _SHOWN_CHARACTERS) if finding.gold else "")
    name = (NAMES[finding.kind], _STYLES.get(finding.kind, "red"))
    yield Text.assemble("  ", name, f": {one_line(finding.problem)}")
    if finding.mend:
        yield Text.assemble("  ", ("to mend it: ", "dim"), finding.mend)


def _lines(numbers: tuple[int, ...]) -> str:
    if len(numbers) == 1:
        return f"line {numbers[0]}"
    shown = ", ".join(map(str, numbers[:_SHOWN_LINES]))
    more = len(numbers) - _SHOWN_LINES
    return f"lines {shown} and {more:,} more" if more > 0 else f"lines {shown}"

"""`veridical audit-labels`: step labels that exact arithmetic contradicts."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.text import Text

from veridical.cli.audits.labels import BadLabel, LabelledTrace, bad_labels, read_traces
from veridical.cli.connect import PATIENCE, AddressOption, connected
from veridical.cli.exits import (
    CommandError,
    ExitCode,
    expected_errors,
    interruptible,
    run_interruptible,
    stderr_console,
)
from veridical.cli.items import open_items
from veridical.cli.line import LineError
from veridical.cli.progress import Doing, make_reporter
from veridical.cli.render import one_line
from veridical.cli.stdout import OutConsole
from veridical.client import ClientSettings, Item

_AUDITING = Doing("auditing", "audited")

_Source = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="JSON lines with problem, steps, and first_error (from 0, -1 for none) or labels; "
        "- is stdin.",
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="Write one JSON object: findings and counts.")]
_Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no summary, only findings.")
]


def audit_labels(
    traces: _Source,
    as_json: _Json = False,
    address: AddressOption = None,
    quiet: _Quiet = False,
) -> None:
    """Find step labels that exact arithmetic contradicts, before a model is trained on them.

    Lists each step that its label calls right although it holds a false calculation, with the values of
    both sides. Ends with 4 where there is one.
    """
    with expected_errors():
        console = stderr_console(quiet=quiet)
        with interruptible():
            rows = _read(traces)
        audit = run_interruptible(_audit(rows, address, quiet))
        if as_json:
            _write_json(audit, len(rows))
        else:
            _write_text(audit.found)
        console.print(_summary(audit, len(rows)))
        if audit.found:
            raise typer.Exit(ExitCode.FOUND)


def _read(source: str) -> list[LabelledTrace]:
    with open_items(source) as file:
        file.require_lines()
        try:
            rows = list(read_traces(file))
        except LineError as error:
            raise CommandError(f"{file.name}, {error}") from error
    if not rows:
        raise CommandError(f"{source} has no traces")
    return rows


@dataclass(frozen=True, slots=True)
class _Audit:
    """What came of an audit: the findings, and how many traces could not be checked."""

    found: list[BadLabel]
    unchecked: int


async def _audit(rows: list[LabelledTrace], address: list[str] | None, quiet: bool) -> _Audit:
    console = stderr_console(quiet=quiet)
    found: list[BadLabel] = []
    unchecked = 0
    asked: deque[LabelledTrace] = deque()

    def items() -> Iterator[Item]:
        for number, row in enumerate(rows):
            asked.append(row)
            # Ids need not differ in the file.
            yield Item(id=str(number), task=row.item.task, trace=row.item.trace)

    async with connected(address, ClientSettings(retry=PATIENCE), console) as client:
        with make_reporter(console, done=0, total=len(rows), doing=_AUDITING) as reporter:
            async with aclosing(client.verify_iter(items())) as verdicts:
                done = 0
                async for verdict in verdicts:
                    found += bad_labels(asked.popleft(), verdict)
                    unchecked += not verdict.HasField("proof")
                    done += 1
                    reporter.advance(done)
    return _Audit(found, unchecked)


def _write_text(findings: Iterable[BadLabel]) -> None:
    console = OutConsole(sys.stdout)
    for each in findings:
        head = Text.assemble(
            (f"line {each.line}", "bold"), f"  {one_line(each.id)}, step {each.step}"
        )
        values = ", ".join(f"{name} = {value}" for name, value in each.values.items())
        console.print(head, soft_wrap=True)
        console.print(
            Text.assemble("  ", (one_line(each.claim), "red"), f"  {one_line(values)}"),
            soft_wrap=True,
        )


def _write_json(audit: _Audit, traces: int) -> None:
    content = {
        "findings": [asdict(each) for each in audit.found],
        "counts": {
            "traces": traces,
            "labels_contradicted": len(audit.found),
            "unchecked": audit.unchecked,
        },
    }
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _summary(audit: _Audit, traces: int) -> Text:
    hit = len({each.line for each in audit.found})
    parts = [f"{traces:,} traces: "]
    parts += [
        f"{len(audit.found):,} labels of {hit:,} contradicted" if hit else "no label contradicted"
    ]
    parts += [f", {audit.unchecked:,} could not be checked"] if audit.unchecked else []
    return Text("".join(parts), style="yellow" if hit or audit.unchecked else "green")

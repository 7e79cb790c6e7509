"""`veridical audit-tests`: flaky, broken and weak tests, before training meets them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from veridical.cli.audits.probing import Finding, Kind, Wanted, audit
from veridical.cli.connect import PATIENCE, AddressOption, connected
from veridical.cli.exits import (
    CommandError,
    ExitCode,
    Interrupted,
    expected_errors,
    interruptible,
    run_interruptible,
    stderr_console,
)
from veridical.cli.items import open_items
from veridical.cli.line import LineError, parse_line
from veridical.cli.progress import Doing, make_reporter
from veridical.cli.stdout import OutConsole
from veridical.client import ClientSettings, Item, Verdict

_AUDITING = Doing("auditing", "audited")
# Programs one by one, since each takes long beside its call.
_CLIENT = ClientSettings(batch_items=1, concurrency=32, retry=PATIENCE)
_STYLES = {Kind.INVALID: "red", Kind.BROKEN: "red", Kind.FLAKY: "red", Kind.WEAK: "yellow"}

_Source = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="Items of code tasks whose responses hold right programs, such as canonical solutions; "
        "- is stdin.",
    ),
]
_Runs = Annotated[int, typer.Option(min=1, max=100, help="Runs of each right program.")]
_Mutants = Annotated[
    int, typer.Option(min=0, max=1000, help="Wrong variants of each right Python program.")
]
_Json = Annotated[bool, typer.Option("--json", help="Write one JSON object: findings and counts.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No summary, only findings.")]


@dataclass(slots=True)
class _Report:
    """What was found so far.

    Attributes:
        items: Number of items to try out.
        audited: Number of those that were.
        findings: What was found about them.
    """

    items: int
    audited: int = 0
    findings: list[Finding] = field(default_factory=list)


def audit_tests(
    items: _Source,
    runs: _Runs = 3,
    mutants: _Mutants = 12,
    as_json: _Json = False,
    address: AddressOption = None,
    quiet: _Quiet = False,
) -> None:
    """Find tests that are flaky, broken or weak, before training does.

    Needs right programs as responses: the data set's own (canonical) solutions, not those of a model.

    Runs each several times: its tests are broken if it fails, and flaky if it fails now and then. Then
    runs variants with one small change each: tests that such a variant passes are weak, unless the change
    has no effect. An item that is malformed is told, and not run. Findings are written as they come; what was found before Ctrl-C is not lost.

    Ends with 4 where there is something to look at.
    """
    with expected_errors():
        console = stderr_console(quiet=quiet)
        with interruptible():
            sound = _read(items)
        report = _Report(len(sound))
        show = _write_nothing if as_json else _write_text
        try:
            run_interruptible(_fill(report, sound, Wanted(runs, mutants), address, console, show))
        except Interrupted as signal:
            so_far = f"interrupted after {report.audited:,} of {report.items:,} items"
            raise CommandError(so_far, signal.code) from None
        finally:
            if report.audited:
                if as_json:
                    _write_json(report)
                console.print(_summary(report))
        if report.findings:
            raise typer.Exit(ExitCode.FOUND)


def _read(source: str) -> list[Item]:
    """Return the items of code tasks in a file.

    Raises:
        CommandError: A line is no item, or there is none of a code task.
    """
    found = []
    with open_items(source) as lines:
        lines.require_lines()
        for line in lines.lines():
            try:
                item = parse_line(line.content)
            except LineError as error:
                raise CommandError(f"{source}, line {line.number}: {error}") from error
            if isinstance(item, Verdict):
                raise CommandError(f"{source}, line {line.number}: {item.detail}")
            if item.task.WhichOneof("kind") == "code":
                found.append(item)
    if not found:
        raise CommandError(f"{source} has no items of code tasks")
    return found


async def _fill(
    report: _Report,
    items: list[Item],
    wanted: Wanted,
    address: list[str] | None,
    console: Console,
    show: Callable[[Iterable[Finding]], None],
) -> None:
    # Findings between the steps of a bar on the same terminal would tear it apart.
    as_bar = not sys.stdout.isatty()
    async with connected(address, _CLIENT, console) as client:
        with make_reporter(
            console, done=0, total=len(items), doing=_AUDITING, as_bar=as_bar
        ) as reporter:
            async with aclosing(audit(items, wanted, client)) as audited:
                async for findings in audited:
                    show(findings)
                    report.findings += findings
                    report.audited += 1
                    reporter.advance(report.audited)


def _write_text(findings: Iterable[Finding]) -> None:
    console = OutConsole(sys.stdout)
    for finding in findings:
        kind = Text(f"{finding.kind.value:<8}", _STYLES[finding.kind])
        console.print(Text.assemble(kind, f"{finding.id}  {finding.detail}"), soft_wrap=True)


def _write_nothing(_findings: Iterable[Finding]) -> None:
    """For findings that are written together."""


def _write_json(report: _Report) -> None:
    told = Counter(finding.kind for finding in report.findings)
    counts = {"items": report.items, "audited": report.audited}
    content = {
        "findings": [asdict(finding) for finding in report.findings],
        "counts": counts | {kind.value: told[kind] for kind in Kind},
    }
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _summary(report: _Report) -> Text:
    by_kind = {
        kind: len({each.id for each in report.findings if each.kind is kind}) for kind in Kind
    }
    parts = [f"{count} {kind.value}" for kind, count in by_kind.items() if count]
    of = "" if report.audited == report.items else f" of {report.items:,}"
    text = f"tests of {report.audited:,}{of} items: {', '.join(parts) or 'nothing found'}"
    if by_kind[Kind.BROKEN] > report.audited / 2:
        text += (
            "\nmost programs do not pass their tests: audit-tests needs right programs, such as the data "
            "set's own solutions, not those of a model"
        )
    return Text(text, style="yellow" if parts else "green")

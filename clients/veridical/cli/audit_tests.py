"""`veridical audit-tests`: flaky, broken and weak tests, before training meets them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from veridical.cli.audits.probing import Finding, Kind, Wanted, audit
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
from veridical.cli.line import LineError, parse_line
from veridical.cli.stdout import OutConsole
from veridical.client import ClientSettings, Item, Verdict

_DEFAULTS = ClientSettings()
_STYLES = {Kind.BROKEN: "red", Kind.FLAKY: "red", Kind.WEAK: "yellow"}

_Source = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="Items of code tasks whose responses hold right programs; - is stdin.",
    ),
]
_Runs = Annotated[int, typer.Option(min=1, max=100, help="Runs of each right program.")]
_Mutants = Annotated[
    int, typer.Option(min=0, max=1000, help="Wrong variants of each right Python program.")
]
_Json = Annotated[bool, typer.Option("--json", help="Write one JSON object: findings and counts.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No summary, only findings.")]


def audit_tests(
    items: _Source,
    runs: _Runs = 3,
    mutants: _Mutants = 12,
    as_json: _Json = False,
    address: AddressOption = None,
    quiet: _Quiet = False,
) -> None:
    """Find tests that are flaky, broken or weak, before training does.

    Runs every right program several times: its tests are broken if it fails, and flaky if it fails now and
    then. Then runs variants with one small change each: tests that such a variant passes are weak, unless
    the change has no effect.

    Ends with 4 where there is something to look at.
    """
    with expected_errors():
        console = stderr_console(quiet=quiet)
        with interruptible():
            sound = _read(items)
        client = ClientSettings(timeout_seconds=_DEFAULTS.timeout_seconds, retry=PATIENCE)
        found = run_interruptible(_found(sound, Wanted(runs, mutants), address, client, quiet))
        if as_json:
            _write_json(found, len(sound))
        else:
            _write_text(found)
        console.print(_summary(found, len(sound)))
        if found:
            raise typer.Exit(ExitCode.FOUND)


def _read(source: str) -> list[Item]:
    """Return the items of code tasks in a file.

    Raises:
        CommandError: A line is no item, or there is none of a code task.
    """
    found = []
    with open_items(source) as lines:
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


async def _found(
    items: list[Item],
    wanted: Wanted,
    address: list[str] | None,
    settings: ClientSettings,
    quiet: bool,
) -> list[Finding]:
    async with connected(address, settings, stderr_console(quiet=quiet)) as client:
        return await audit(items, wanted, client)


def _write_text(findings: Iterable[Finding]) -> None:
    console = OutConsole(sys.stdout)
    for finding in findings:
        kind = Text(f"{finding.kind.value:<8}", _STYLES[finding.kind])
        console.print(Text.assemble(kind, f"{finding.id}  {finding.detail}"), soft_wrap=True)


def _write_json(findings: list[Finding], items: int) -> None:
    told = Counter(finding.kind for finding in findings)
    counts = {"items": items, **{kind.value: told[kind] for kind in Kind}}
    content = {"findings": [asdict(finding) for finding in findings], "counts": counts}
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _summary(findings: list[Finding], items: int) -> Text:
    by_kind = {kind: len({each.id for each in findings if each.kind is kind}) for kind in Kind}
    parts = [f"{count} {kind.value}" for kind, count in by_kind.items() if count]
    text = f"tests of {items:,} items: {', '.join(parts) if parts else 'nothing found'}"
    return Text(text, style="yellow" if parts else "green")

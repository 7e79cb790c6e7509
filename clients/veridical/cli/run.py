"""One run of `veridical verify`, from the checks to the summary."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Self

from rich.console import Console

from veridical.cli.connect import connected
from veridical.cli.exits import CommandError, run_interruptible, stderr_console
from veridical.cli.items import Line, Scan, open_items
from veridical.cli.line import LineError, parse_line, shown_id
from veridical.cli.output import Output, is_resumable, open_output
from veridical.cli.pipeline import in_order
from veridical.cli.progress import make_reporter
from veridical.cli.render import summary
from veridical.cli.run_record import RunRecord
from veridical.cli.tally import Tally
from veridical.cli.verdict_file import refuse_foreign
from veridical.client import ClientSettings, Item, Verdict, verdict_to_json

_MOST_PROGRAMS_A_BATCH = 8


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What the command line asks for."""

    items: str
    """A path, or "-" for the standard input."""
    out: str
    """A path, or "-" for the standard output."""
    address: list[str] | None
    """Services that are running; None: those of VERIDICAL_ADDRESS, or new ones."""
    overwrite: bool
    """Whether to throw away what `out` holds."""
    quiet: bool
    """Whether to say nothing but errors."""
    client: ClientSettings
    """How to call the services."""


def run(settings: RunSettings) -> None:
    """Verify all items that have no verdict yet, and show the summary of all verdicts.

    Raises:
        CommandError: The items or the files do not allow it, or a write failed.
        VeridicalError: The services are missing, out of reach or failed.
    """
    _refuse_early(settings)
    console = stderr_console(quiet=settings.quiet)
    with open_items(settings.items) as source:
        with console.status(f"checking {source.name}"):
            scan = source.scan()
        scan.require_sound(source.name)
        record = RunRecord(scan.blake2b, scan.items, version("veridical"))
        with open_output(settings.out, record, overwrite=settings.overwrite) as output:
            entries = _Entries(source.lines())
            tally = _skip_written(output, entries, settings.out)
            if tally.total < scan.items:
                paced = replace(settings, client=_paced(settings.client, scan))
                rest = _verify_rest(paced, console, entries, scan.items, output, tally)
                run_interruptible(rest)
            elif scan.items:
                console.print(f"{settings.out} holds all verdicts already", markup=False)
    console.print(summary(tally))


def _paced(client: ClientSettings, scan: Scan) -> ClientSettings:
    """Sends programs one a call, and as many calls more: each then counts when it is done.

    A program takes long beside its call, and a batch is answered once all of it is done.
    """
    if not scan.has_programs:
        return client
    at_once = min(client.batch_items, _MOST_PROGRAMS_A_BATCH) * client.concurrency
    return replace(client, batch_items=1, concurrency=at_once)


def _refuse_early(settings: RunSettings) -> None:
    """Refuse what can be refused before a long input is read."""
    if not is_resumable(settings.out):
        return
    out, items = Path(settings.out), Path(settings.items)
    if out.exists() and items.exists() and out.samefile(items):
        raise CommandError(f"{out} cannot be both the items and the verdicts")
    if not settings.overwrite:
        refuse_foreign(out)


def _skip_written(output: Output, entries: _Entries, name: str) -> Tally:
    """Count the verdicts of earlier runs and step over their items.

    Raises:
        CommandError: They are not the verdicts on the first items.
    """
    tally = Tally()
    for written in output.written():
        entry = next(entries, None)
        if entry is None or entry.id != written.id:
            raise CommandError(
                f"{name}: verdict {tally.total + 1}, on {shown_id(written.id)}, is not in the order of the "
                "items; --overwrite begins anew"
            )
        tally.add_names(written.outcome, written.reason, written.detail, entries.next_line())
    return tally


async def _verify_rest(
    settings: RunSettings,
    console: Console,
    entries: _Entries,
    total: int,
    output: Output,
    tally: Tally,
) -> None:
    async with connected(settings.address, settings.client, console) as client:
        with make_reporter(console, done=tally.total, total=total) as reporter:

            def verify_iter(items: Iterator[Item]) -> AsyncIterator[Verdict]:
                # Verdicts count when they are there, though those before them may still be missing.
                before = tally.total
                return client.verify_iter(
                    items, on_progress=lambda progress: reporter.advance(before + progress.done)
                )

            async for verdict in in_order(entries, verify_iter):
                output.append(verdict_to_json(verdict))
                tally.add(verdict, entries.next_line())
                reporter.advance(tally.total)
    output.sync()
    if tally.total != total:
        raise _changed()


class _Entries:
    """What the lines hold, item by item, and the line of each until its verdict has come."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._numbers: deque[int] = deque()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item | Verdict:
        line = next(self._lines)
        self._numbers.append(line.number)
        try:
            return parse_line(line.content)
        except LineError:
            raise _changed() from None

    def next_line(self) -> int:
        """Return the line of the next verdict, which come in the order of the items."""
        return self._numbers.popleft()


def _changed() -> CommandError:
    return CommandError("the items changed while they were being verified; --overwrite begins anew")

"""One run of `veridical verify`, from the checks to the summary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from veridical.cli.connect import connect, starts_services
from veridical.cli.exits import CommandError, run_interruptible, stderr_console
from veridical.cli.items import Line, open_items
from veridical.cli.line import LineError, parse_line
from veridical.cli.output import Output, is_resumable, open_output
from veridical.cli.pipeline import in_order
from veridical.cli.progress import make_reporter
from veridical.cli.render import summary
from veridical.cli.run_record import RunRecord
from veridical.cli.tally import Tally
from veridical.cli.verdict_file import refuse_foreign
from veridical.client import ClientSettings, Item, Verdict, verdict_to_json

_HANDSHAKE_SECONDS = 30.0


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
            entries = _entries(source.lines())
            tally = _skip_written(output, entries, settings.out)
            if scan.items and tally.total == scan.items:
                console.print(f"{settings.out} holds all verdicts already", markup=False)
            else:
                rest = _verify_rest(settings, console, entries, scan.items, output, tally)
                run_interruptible(rest)
    console.print(summary(tally))


def _refuse_early(settings: RunSettings) -> None:
    """Refuse what can be refused before a long input is read."""
    if not is_resumable(settings.out):
        return
    out, items = Path(settings.out), Path(settings.items)
    if out.exists() and items.exists() and out.samefile(items):
        raise CommandError(f"{out} cannot be both the items and the verdicts")
    if not settings.overwrite:
        refuse_foreign(out)


def _skip_written(output: Output, entries: Iterator[Item | Verdict], name: str) -> Tally:
    """Count the verdicts of earlier runs and step over their items.

    Raises:
        CommandError: They are not the verdicts on the first items.
    """
    tally = Tally()
    for written in output.written():
        entry = next(entries, None)
        if entry is None or entry.id != written.id:
            raise CommandError(
                f"{name}: verdict {tally.total + 1}, on {written.id!r}, is not in the order of the "
                "items; --overwrite begins anew"
            )
        tally.add_names(written.outcome, written.reason)
    return tally


async def _verify_rest(
    settings: RunSettings,
    console: Console,
    entries: Iterator[Item | Verdict],
    total: int,
    output: Output,
    tally: Tally,
) -> None:
    if starts_services(settings.address):
        console.print("starting the services on this machine")
    async with await connect(settings.address, settings.client) as client:
        # One early call, so that services out of reach are told before anything is sent.
        await client.describe(timeout=min(_HANDSHAKE_SECONDS, settings.client.timeout_seconds))
        with make_reporter(console, done=tally.total, total=total) as reporter:
            async for verdict in in_order(entries, client.verify_iter):
                output.append(verdict_to_json(verdict))
                tally.add(verdict)
                reporter.advance(tally.total)
    output.sync()
    if tally.total != total:
        raise _changed()


def _entries(lines: Iterator[Line]) -> Iterator[Item | Verdict]:
    for line in lines:
        try:
            yield parse_line(line.content)
        except LineError:
            raise _changed() from None


def _changed() -> CommandError:
    return CommandError("the items changed while they were being verified; --overwrite begins anew")

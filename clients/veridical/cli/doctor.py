"""`veridical doctor`: what is installed, reachable and working, and how to mend what is not.

`python -m veridical.cli.doctor` is the same where the command itself cannot start, because a library
is so old that the stubs refuse it. So this module, too, imports the client only in a check.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from itertools import groupby
from typing import Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from veridical.cli.checks import environment, installation, isolation, machine
from veridical.cli.checks.finding import Finding, State, run_checks
from veridical.cli.stdout import drop_stdout

EXIT_CODES_HELP = "**Exit codes:** 0 nothing is a problem · 1 something is · 2 bad usage"
"""The exit codes in one paragraph, for `--help`."""

_STYLES = {
    State.OK: "green",
    State.NOTE: "cyan",
    State.WARNING: "yellow",
    State.PROBLEM: "bold red",
}
_NAME_WIDTH = 24


def doctor(
    address: Annotated[
        list[str] | None,
        typer.Option(
            "--address",
            metavar="ADDRESS",
            help="A service that is running: host:port or unix:/path; may be repeated. Without it "
            "those named by VERIDICAL_ADDRESS are looked at, and without that services are started on "
            "this machine, tried and taken down.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say what is installed, reachable and working, and how to mend what is not."""
    findings = examine(_addresses(address))
    try:
        told = _print_json(findings) if as_json else _print_table(findings)
    except OSError as error:
        drop_stdout()
        typer.echo(f"veridical: cannot write the findings: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    if told[State.PROBLEM]:
        raise typer.Exit(1)


def _addresses(given: Sequence[str] | None) -> list[str]:
    text = ",".join(given) if given else os.environ.get("VERIDICAL_ADDRESS", "")
    return [part.strip() for part in text.split(",") if part.strip()]


def examine(addresses: Sequence[str]) -> Iterator[Finding]:
    """Yield all findings, topic by topic.

    Args:
        addresses: The services to look at; none: services are started for it on this machine.
    """
    yield from run_checks(installation.TOPIC, installation.CHECKS)
    yield from run_checks(environment.TOPIC, environment.checks(addresses))
    yield from run_checks(machine.TOPIC, machine.CHECKS)
    yield from run_checks("services", [partial(_services, addresses)])
    yield from run_checks(isolation.TOPIC, isolation.CHECKS)


def _services(addresses: Sequence[str]) -> Iterator[Finding]:
    try:
        from veridical.cli.checks import services
    except Exception as error:
        text = f"not looked at, since the client cannot be imported ({type(error).__name__})"
        mend = "mend the installation first"
        yield Finding("services", "client", State.PROBLEM, text, mend)
        return
    yield from run_checks(services.TOPIC, services.checks(addresses))


def _print_json(findings: Iterable[Finding]) -> Counter[State]:
    every = list(findings)
    told = Counter(finding.state for finding in every)
    content = {
        "findings": [asdict(finding) for finding in every],
        "counts": {state.value: told[state] for state in State},
    }
    typer.echo(json.dumps(content, indent=2))
    return told


def _print_table(findings: Iterable[Finding]) -> Counter[State]:
    """Print each topic as soon as it has been looked at."""
    console = Console(highlight=False)
    told: Counter[State] = Counter()
    for topic, group in groupby(findings, lambda finding: finding.topic):
        members = list(group)
        told.update(finding.state for finding in members)
        console.print(_topic_table(topic, members, console.encoding))
    console.print(_summary(told))
    return told


def _topic_table(topic: str, findings: Iterable[Finding], encoding: str) -> RenderableType:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(width=max(map(len, State)))
    table.add_column(width=_NAME_WIDTH, overflow="fold")
    table.add_column(overflow="fold")
    for finding in findings:
        name, told, mend = (
            _printable(text, encoding) for text in (finding.name, finding.text, finding.mend)
        )
        text = Text(told)
        if mend:
            text.append(f"\nmend: {mend}", style="bold" if _is_urgent(finding) else "dim")
        table.add_row(Text(finding.state, style=_STYLES[finding.state]), Text(name), text)
    return Group(Text(topic, style="bold underline"), table, Text())


def _printable(text: str, encoding: str) -> str:
    """Escape what a terminal of this encoding cannot show: the doctor must not fail at that."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _is_urgent(finding: Finding) -> bool:
    return finding.state in (State.WARNING, State.PROBLEM)


def _summary(told: Counter[State]) -> Text:
    parts = (Text(_counted(told[state], state), _STYLES[state]) for state in State if told[state])
    return Text(f"{told.total()} findings: ").append_text(Text(", ").join(parts))


def _counted(count: int, state: State) -> str:
    plural = "" if count == 1 or state is State.OK else "s"
    return f"{count} {state}{plural}"


if __name__ == "__main__":
    typer.run(doctor)

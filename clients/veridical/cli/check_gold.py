"""`veridical check-gold`: the golds of a file, tried out on the verifier."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from veridical.cli.connect import (
    PATIENCE,
    AddressOption,
    TlsCaOption,
    TlsCertOption,
    TlsKeyOption,
    TokenFileOption,
    connected,
    tls_settings,
)
from veridical.cli.exits import (
    CommandError,
    ExitCode,
    expected_errors,
    interruptible,
    run_interruptible,
    stderr_console,
)
from veridical.cli.golds.finding import Finding
from veridical.cli.golds.probing import Probe, judge, probe
from veridical.cli.golds.report import summary, write_json, write_text
from veridical.cli.golds.source import Golds, read_golds
from veridical.cli.items import open_items
from veridical.cli.output import opened_text
from veridical.cli.policy import (
    AtolOption,
    Order,
    OrderOption,
    Percent,
    PercentOption,
    RtolOption,
    Units,
    UnitsOption,
    VariablesOption,
    math_policy,
)
from veridical.cli.progress import Doing, make_reporter
from veridical.client import AsyncClient, ClientSettings, Item, MathTask, Verdict

_DEFAULTS = ClientSettings()
_CHECKING = Doing("checking", "checked")

_Source = Annotated[
    str,
    typer.Argument(
        metavar="GOLDS",
        help="A file of items, of JSON lines, or of golds, one a line; - is stdin.",
    ),
]
_Field = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Where the gold of a JSON line stands, such as answer or reward_model.ground_truth. "
        "Without it the first of gold, answer, solution and ground_truth that is there.",
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="Write one JSON object: findings and counts.")]
_Output = Annotated[
    str, typer.Option("--output", "-o", metavar="FILE", help="Where findings go; - is stdout.")
]
_Timeout = Annotated[
    float,
    typer.Option(
        metavar="SECONDS", min=0.001, help="Longest time for one batch, retries included."
    ),
]
_Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no summary, only findings.")
]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line asks for."""

    source: str
    column: str | None
    policy: MathTask
    as_json: bool
    output: str
    address: list[str] | None
    quiet: bool
    client: ClientSettings


def check_gold(
    golds: _Source,
    field: _Field = None,
    as_json: _Json = False,
    output: _Output = "-",
    address: AddressOption = None,
    percent: PercentOption = Percent.VALUE,
    units: UnitsOption = Units.OPTIONAL,
    order: OrderOption = Order.BY_FORM,
    rtol: RtolOption = None,
    atol: AtolOption = None,
    ignore_variable_names: VariablesOption = False,
    timeout: _Timeout = _DEFAULTS.timeout_seconds,
    quiet: _Quiet = False,
    token_file: TokenFileOption = None,
    tls_ca: TlsCaOption = None,
    tls_cert: TlsCertOption = None,
    tls_key: TlsKeyOption = None,
) -> None:
    """Find math golds that no response can be held against, before training does.

    Tries each different gold out once: it must parse, be CORRECT as an answer to itself, and not equal an
    answer that has nothing to do with it. Where people write the same thing for different values (10%,
    2,74, 1/2x), each of them is tried, and what the verifier makes of them is told.

    It is for math: tests of programs are tried out by `veridical audit-tests`.

    Lines with a task bring their own policy; the options below count for the others. Ends with 4 where
    there is something to mend.
    """
    with expected_errors():
        tls = tls_settings(tls_ca, tls_cert, tls_key)
        client = ClientSettings(
            timeout_seconds=timeout, token_file=token_file, tls=tls, retry=PATIENCE
        )
        policy = math_policy(percent, units, order, rtol, atol, ignore_variable_names)
        wanted = _Wanted(golds, field, policy, as_json, output, address, quiet, client)
        if _check(wanted):
            raise typer.Exit(ExitCode.FOUND)


def _check(wanted: _Wanted) -> list[Finding]:
    console = stderr_console(quiet=wanted.quiet)
    with interruptible(), open_items(wanted.source) as source:
        golds = read_golds(source, wanted.column, wanted.policy)
    _require_math(wanted.source, golds)
    _refuse_overwriting(wanted)
    with opened_text(wanted.output) as file:
        findings = list(golds.bad_lines)
        if golds.distinct:
            findings += run_interruptible(_try_out(wanted, golds))
        if wanted.as_json:
            write_json(golds, findings, file)
        else:
            write_text(findings, file)
    console.print(summary(golds, findings))
    return findings


def _require_math(source: str, golds: Golds) -> None:
    """Refuse a file of other tasks, of which nothing could be said.

    Raises:
        CommandError: No item has a math gold.
    """
    if golds.without and not golds.distinct and not golds.bad_lines:
        raise CommandError(
            f"{source}: none of its {golds.without:,} items has a math gold, and check-gold is for math. "
            f"For code tasks: veridical audit-tests {source}"
        )


def _refuse_overwriting(wanted: _Wanted) -> None:
    source, output = Path(wanted.source), Path(wanted.output)
    if source.exists() and output.exists() and output.samefile(source):
        raise CommandError(f"{output} cannot be both the golds and the findings")


async def _try_out(wanted: _Wanted, golds: Golds) -> list[Finding]:
    """Return what the verifier finds, in the order of the file."""
    console = stderr_console(quiet=wanted.quiet)
    total = len(golds.distinct)
    found = []
    async with connected(wanted.address, wanted.client, console) as client:
        with make_reporter(console, done=0, total=total, doing=_CHECKING) as reporter:
            async with aclosing(_findings(golds, client)) as findings:
                async for finding in findings:
                    found.append(finding)
                    reporter.advance(len(found))
    return [finding for finding in found if finding is not None]


async def _findings(golds: Golds, client: AsyncClient) -> AsyncGenerator[Finding | None, None]:
    """Yield what is wrong with each gold, None where it is sound."""
    asked: deque[Probe] = deque()

    def items() -> Iterator[Item]:
        for number, gold in enumerate(golds.distinct):
            asked.append(probe(number, gold))
            yield from asked[-1].items

    verdicts: list[Verdict] = []
    async with aclosing(client.verify_iter(items())) as answers:
        async for verdict in answers:
            verdicts.append(verdict)
            if len(verdicts) == len(asked[0].items):
                yield judge(asked.popleft(), verdicts)
                verdicts = []

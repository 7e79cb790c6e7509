"""`veridical explain`: why verdicts are what they are, for a person."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

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
    expected_errors,
    interruptible,
    run_interruptible,
    stderr_console,
)
from veridical.cli.explanation import explanation
from veridical.cli.items import ItemsFile, open_items
from veridical.cli.line import LineError, parse_line, shown_id
from veridical.cli.pipeline import in_order
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
    policy_options,
)
from veridical.cli.stdout import OutConsole
from veridical.client import (
    ClientSettings,
    Item,
    MalformedLineError,
    Task,
    Verdict,
    scrub,
    verdict_from_json,
    verdict_to_json,
)

_Items = Annotated[str | None, typer.Argument(metavar="ITEMS", help="A file of items; - is stdin.")]
_Ids = Annotated[
    list[str] | None, typer.Argument(metavar="ID", help="Which of them; all without it.")
]
_Verdicts = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="What `veridical verify` wrote about ITEMS. Without it the services are asked.",
    ),
]
_Gold = Annotated[str | None, typer.Option(metavar="TEXT", help="Instead of ITEMS: a math gold.")]
_Response = Annotated[
    str | None, typer.Option(metavar="TEXT", help="A response to hold against it; - is stdin.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON, one a line.")]


class _Pair(NamedTuple):
    """A verdict and its item, None where that could not be read."""

    item: Item | None
    verdict: Verdict


_Show = Callable[[_Pair], None]


def explain(
    context: typer.Context,
    items: _Items = None,
    ids: _Ids = None,
    verdicts: _Verdicts = None,
    gold: _Gold = None,
    response: _Response = None,
    as_json: _Json = False,
    address: AddressOption = None,
    percent: PercentOption = Percent.VALUE,
    units: UnitsOption = Units.OPTIONAL,
    order: OrderOption = Order.BY_FORM,
    rtol: RtolOption = None,
    atol: AtolOption = None,
    ignore_variable_names: VariablesOption = False,
    token_file: TokenFileOption = None,
    tls_ca: TlsCaOption = None,
    tls_cert: TlsCertOption = None,
    tls_key: TlsKeyOption = None,
) -> None:
    """Explain verdicts: what was taken from the response, what was compared, and what decided.

    Either of items in a file, such as `explain items.jsonl item-7 --verdicts verdicts.jsonl`, or of one
    answer, such as `explain --gold 1/2 --response 0.5`; how answers are compared can be set for the latter.
    """
    with expected_errors():
        tls = tls_settings(tls_ca, tls_cert, tls_key)
        settings = ClientSettings(token_file=token_file, tls=tls, retry=PATIENCE)
        show = _print_json if as_json else _print_text
        if gold is not None and response is not None and items is None and verdicts is None:
            task = Task(math=math_policy(percent, units, order, rtol, atol, ignore_variable_names))
            task.math.gold = scrub(gold)
            text = sys.stdin.read() if response == "-" else response
            item = Item(id="response", task=task, response=scrub(text))
            run_interruptible(_ask(iter([item]), address, settings, show))
        elif items is not None and gold is None and response is None:
            _refuse_policy(policy_options(context))
            _explain_file(items, frozenset(ids or ()), verdicts, address, settings, show)
        else:
            raise CommandError(
                "give either ITEMS, with or without --verdicts, or --gold and --response"
            )


def _refuse_policy(options: list[str]) -> None:
    if options:
        raise CommandError(
            f"{', '.join(options)}: only for --gold and --response; an item of a file is compared by the "
            "policy in its own task"
        )


def _explain_file(
    items: str,
    ids: frozenset[str],
    verdicts: str | None,
    address: list[str] | None,
    settings: ClientSettings,
    show: _Show,
) -> None:
    """Explain the items of a file that have one of the ids; all if there are none."""
    shown: set[str] = set()

    def show_and_note(pair: _Pair) -> None:
        shown.add(pair.verdict.id)
        show(pair)

    with interruptible(), open_items(items) as source:
        source.require_lines()
        _require_ids(source, ids)
        if next(source.lines(), None) is None:
            stderr_console().print("no items")
            return
        entries = _entries(source)
        if verdicts is None:
            chosen = (entry for entry in entries if not ids or entry.id in ids)
            run_interruptible(_ask(chosen, address, settings, show_and_note))
        else:
            for pair in _joined(entries, Path(verdicts)):
                if not ids or pair.verdict.id in ids:
                    show_and_note(pair)
    if missing := sorted(ids - shown):
        raise CommandError(f"{verdicts}: no verdict on {', '.join(map(shown_id, missing))}")


def _require_ids(source: ItemsFile, ids: frozenset[str]) -> None:
    """Refuse ids that no item has, before any services are asked."""
    missing = set(ids)
    if missing:
        missing.difference_update(entry.id for entry in _entries(source))
    if missing:
        raise CommandError(f"{source.name}: no item {', '.join(map(shown_id, sorted(missing)))}")


def _entries(source: ItemsFile) -> Iterator[Item | Verdict]:
    for number, content in source.lines():
        try:
            yield parse_line(content)
        except LineError as error:
            raise CommandError(f"{source.name}, line {number}: {error}") from None


def _joined(entries: Iterable[Item | Verdict], verdicts: Path) -> Iterator[_Pair]:
    """Yield each verdict of a file with its item, which stand in the same order."""
    try:
        with verdicts.open("rb") as file:
            for entry, (number, line) in zip(entries, enumerate(file, 1), strict=False):
                verdict = _verdict(line, verdicts, number)
                if verdict.id != entry.id:
                    raise CommandError(
                        f"{verdicts}, line {number}: on {shown_id(verdict.id)}, where the items have "
                        f"{shown_id(entry.id)}; it belongs to other items"
                    )
                yield _Pair(entry if isinstance(entry, Item) else None, verdict)
    except OSError as error:
        raise CommandError(f"cannot read {verdicts}: {error.strerror}") from error


def _verdict(line: bytes, path: Path, number: int) -> Verdict:
    try:
        verdict = verdict_from_json(line)
    except MalformedLineError as error:
        raise CommandError(f"{path}, line {number}: {error}") from None
    if not verdict.outcome and "outcome" not in json.loads(line):
        raise CommandError(
            f"{path}, line {number}: no verdict, since it has no outcome; give what `veridical verify` "
            "wrote about the items"
        )
    return verdict


async def _ask(
    entries: Iterator[Item | Verdict],
    address: list[str] | None,
    settings: ClientSettings,
    show: _Show,
) -> None:
    """Show each item with the verdict that the services give now."""
    waiting: deque[Item | None] = deque()

    def noted() -> Iterator[Item | Verdict]:
        for entry in entries:
            waiting.append(entry if isinstance(entry, Item) else None)
            yield entry

    async with connected(address, settings, stderr_console()) as client:
        async for verdict in in_order(noted(), client.verify_iter):
            show(_Pair(waiting.popleft(), verdict))


def _print_text(pair: _Pair) -> None:
    console = OutConsole()
    console.print(explanation(pair.verdict, pair.item, console.width), end="\n\n")


def _print_json(pair: _Pair) -> None:
    typer.echo(verdict_to_json(pair.verdict))

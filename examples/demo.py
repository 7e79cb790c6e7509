"""Verify real model outputs and programs with real services, and hold the rewards against labels.

Starts `veridical up` on a unix socket, sends the items of `gsm8k/items.jsonl` through
`veridical.client`, and shows the mean reward of each model, beside the share that the publisher of the
outputs called correct, and the evidence wherever the two disagree. Then it sends programs for problems
of HumanEval, `humaneval/items.jsonl`: right ones, wrong ones and an attack. Ends with 0 if every item
got a reward and the services stopped cleanly, and with 130 after Ctrl-C.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from veridical.client import (
    Client,
    Item,
    Outcome,
    Verdict,
    item_from_json,
    outcome_name,
    reason_name,
)

ITEMS = Path(__file__).parent / "gsm8k" / "items.jsonl"
PROGRAMS = Path(__file__).parent / "humaneval" / "items.jsonl"
MAX_SHOWN = 10
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Judged:
    """An item beside its verdict."""

    item: Item
    verdict: Verdict

    @property
    def publisher_says_correct(self) -> bool:
        """What the publisher of the response says of it."""
        return self.item.labels["publisher_says_correct"] == "true"

    @property
    def agrees(self) -> bool:
        """Whether the verdict says the same as the publisher."""
        return self.publisher_says_correct == (self.verdict.outcome == Outcome.OUTCOME_CORRECT)


def main() -> int:
    """Run the demo and return its exit status."""
    console = Console(highlight=False)
    items, programs = read_items(ITEMS), read_items(PROGRAMS)
    with services(console) as address, Client(address) as client:
        begin = time.monotonic()
        verdicts = client.verify_many(items)
        seconds = time.monotonic() - begin
        code_verdicts = client.verify_many(programs)
        code_seconds = time.monotonic() - begin - seconds
    judged = [Judged(item, verdict) for item, verdict in zip(items, verdicts, strict=True)]
    console.print(
        f"[b]{len(items)} responses[/b] of four models to GSM8K, verified in {seconds:.2f} s:\n"
    )
    console.print(reward_table(judged))
    show_disagreements(console, judged)
    show_examples(console, judged)
    console.print(
        f"\n[b]{len(programs)} programs[/b] for problems of HumanEval, each run in a cell of its own, "
        f"in {code_seconds:.2f} s:\n"
    )
    show_programs(console, programs, code_verdicts)
    every = [*verdicts, *code_verdicts]
    return 0 if all(verdict.HasField("reward") for verdict in every) else 1


def read_items(path: Path) -> list[Item]:
    """Read a file of items."""
    return [item_from_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


@contextmanager
def services(console: Console) -> Iterator[str]:
    """Run `veridical up` for as long as the body runs, and give the address to call.

    Raises:
        RuntimeError: The services did not start, or did not stop cleanly.
    """
    with tempfile.TemporaryDirectory(prefix="veridical-") as folder:
        address = f"unix:{folder}/reward.sock"
        console.print("[b]$ veridical up[/b]")
        command = [sys.executable, "-m", "veridical.cli", "up", "--json", "--listen", address]
        log = Path(folder, "log")
        with (
            log.open("wb") as errors,
            subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                # A Ctrl-C in the terminal is for the demo, which then ends them.
                start_new_session=True,
            ) as process,
        ):
            try:
                wait_ready(process, log, console)
                yield address
            finally:
                # The end is near, and one that is left halfway would leave services behind.
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                process.send_signal(signal.SIGINT)
                try:
                    process.communicate(timeout=STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
        if process.returncode:
            raise RuntimeError(f"exit status {process.returncode}:\n{log.read_text()}")


def wait_ready(process: subprocess.Popen[str], log: Path, console: Console) -> None:
    """Show what `veridical up` says of its services until all of them serve.

    Raises:
        RuntimeError: It ended before.
    """
    assert process.stdout is not None
    for line in process.stdout:
        status = json.loads(line)
        if status["state"] == "ready":
            console.print()
            return
        if status["state"] == "serving":
            console.print(f"  {status['service']:<8}serving   pid {status['pid']}")
    raise RuntimeError(f"the services ended before they served:\n{log.read_text()}")


def reward_table(judged: Iterable[Judged]) -> Table:
    """Return the rewards of each model beside the publisher's labels, and of all together."""
    by_model: dict[str, list[Judged]] = {}
    for each in judged:
        by_model.setdefault(each.item.labels["model"], []).append(each)
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("model")
    for title in ("n", "undecided", "mean reward", "publisher", "agreement"):
        table.add_column(title, justify="right")
    for model, rows in by_model.items():
        table.add_row(model, *_numbers(rows))
    table.add_row("[b]all[/b]", *_numbers(list(chain.from_iterable(by_model.values()))))
    return table


def _numbers(rows: list[Judged]) -> Iterator[str]:
    rewards = [row.verdict.reward for row in rows if row.verdict.HasField("reward")]
    yield str(len(rows))
    yield str(len(rows) - len(rewards))
    yield f"{sum(rewards) / len(rewards):.3f}" if rewards else "-"
    yield f"{sum(row.publisher_says_correct for row in rows) / len(rows):.3f}"
    yield f"{sum(row.agrees for row in rows) / len(rows):.1%}"


def show_disagreements(console: Console, judged: Iterable[Judged]) -> None:
    """Show the evidence of every verdict that says something else than the publisher."""
    others = [each for each in judged if not each.agrees]
    if not others:
        console.print("\nEvery verdict says what the publisher's label says.")
        return
    console.print(f"\n[b]Verdicts that differ from the publisher's label: {len(others)}[/b]")
    for each in others[:MAX_SHOWN]:
        show_evidence(console, each)


def show_examples(console: Console, judged: Iterable[Judged]) -> None:
    """Show the evidence of one verdict for each reason."""
    first_by_reason: dict[str, Judged] = {}
    for each in judged:
        first_by_reason.setdefault(reason_name(each.verdict.reason), each)
    console.print("\n[b]Every verdict carries its evidence;[/b] the first of each reason:")
    for each in first_by_reason.values():
        show_evidence(console, each)


def show_programs(console: Console, items: list[Item], verdicts: list[Verdict]) -> None:
    """Show the verdicts on each kind of program, and the evidence of the first of each."""
    by_kind: dict[str, list[Verdict]] = {}
    for item, verdict in zip(items, verdicts, strict=True):
        by_kind.setdefault(item.labels["program"], []).append(verdict)
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("program")
    for title in ("n", "undecided", "mean reward"):
        table.add_column(title, justify="right")
    for kind, found in by_kind.items():
        rewards = [verdict.reward for verdict in found if verdict.HasField("reward")]
        mean = f"{sum(rewards) / len(rewards):.3f}" if rewards else "-"
        table.add_row(kind, str(len(found)), str(len(found) - len(rewards)), mean)
    console.print(table)
    for found in by_kind.values():
        show_code_evidence(console, found[0])


def show_code_evidence(console: Console, verdict: Verdict) -> None:
    """Show what the verdict on a program rests on."""
    outcome, reason = outcome_name(verdict.outcome), reason_name(verdict.reason)
    console.print(f"\n  {verdict.id}: {outcome} ({reason})", markup=False)
    evidence = verdict.code
    failed = next((each for each in evidence.results if each.reason != "tests_passed"), None)
    rows = [("tests", f"{evidence.passed} of {evidence.tests} passed")]
    if failed is not None:
        rows += [("expected", failed.expected), ("actual", failed.actual)]
    rows += [("isolation", evidence.isolation)]
    console.print(Padding(_plain_table(rows), (0, 0, 0, 4), expand=False))


def _plain_table(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, value in rows:
        if value:
            table.add_row(Text(name, style="dim"), Text(value))
    return table


def show_evidence(console: Console, each: Judged) -> None:
    """Show what one verdict rests on."""
    verdict, evidence = each.verdict, each.verdict.math
    console.print(
        f"\n  {verdict.id}: {outcome_name(verdict.outcome)} ({reason_name(verdict.reason)})",
        markup=False,
    )
    publisher = "correct" if each.publisher_says_correct else "incorrect"
    rows = (
        ("gold", each.item.task.math.gold),
        ("extracted", evidence.extracted or "(nothing)"),
        ("rule", evidence.rule or "(none)"),
        ("detail", verdict.detail),
        ("publisher", publisher),
    )
    console.print(Padding(_plain_table(rows), (0, 0, 0, 4), expand=False))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

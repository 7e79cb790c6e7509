"""The `veridical` command, put together."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from veridical.cli import containers as containers_module
from veridical.cli import doctor as doctor_module
from veridical.cli import serve as serve_module
from veridical.cli.audit_labels import audit_labels
from veridical.cli.audit_tests import audit_tests
from veridical.cli.check_gold import check_gold
from veridical.cli.containers import broker, build_image
from veridical.cli.convert import convert
from veridical.cli.describe import describe
from veridical.cli.exits import EXIT_CODES_HELP
from veridical.cli.explain import explain
from veridical.cli.passk import passk
from veridical.cli.serve import serve
from veridical.cli.study import study
from veridical.cli.up import up
from veridical.cli.verify import verify

app = typer.Typer(
    name="veridical",
    no_args_is_help=True,
    # A traceback that shows variables would show responses.
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES_HELP,
)
"""The command line; `main` runs it."""

app.command()(up)
app.command(context_settings=serve_module.CONTEXT)(serve)
app.command(epilog=EXIT_CODES_HELP)(verify)
app.command(epilog=EXIT_CODES_HELP)(check_gold)
app.command(epilog=EXIT_CODES_HELP)(audit_tests)
app.command(epilog=EXIT_CODES_HELP)(audit_labels)
app.command(epilog=EXIT_CODES_HELP)(explain)
app.command(epilog=EXIT_CODES_HELP)(passk)
app.command(epilog=EXIT_CODES_HELP)(convert)
app.command(epilog=EXIT_CODES_HELP)(study)
app.command()(describe)
app.command(context_settings=containers_module.CONTEXT)(broker)
app.command(context_settings=containers_module.CONTEXT)(build_image)
app.command(epilog=doctor_module.EXIT_CODES_HELP)(doctor_module.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"veridical {version('veridical')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Binary rewards for reinforcement learning with verifiable rewards."""


def main() -> None:
    """Run the command and exit with its code."""
    app()

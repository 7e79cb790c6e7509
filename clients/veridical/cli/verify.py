"""`veridical verify`: a file of items in, a file of verdicts out."""

from __future__ import annotations

from typing import Annotated

import typer

from veridical.cli.connect import (
    AddressOption,
    TlsCaOption,
    TlsCertOption,
    TlsKeyOption,
    TokenFileOption,
    tls_settings,
)
from veridical.cli.exits import (
    CommandError,
    Interrupted,
    expected_errors,
    interruptible,
)
from veridical.cli.output import is_resumable
from veridical.cli.run import RunSettings, run
from veridical.client import ClientSettings, RetrySettings

_DEFAULTS = ClientSettings()
_GiveUpOption = Annotated[
    float,
    typer.Option(
        metavar="SECONDS",
        min=0.001,
        help="How long the services may be out of reach before the run ends.",
    ),
]

_ConcurrencyOption = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        help="Batches in flight at once. Programs go one by one, 8 times as many at once.",
    ),
]


def verify(
    items: Annotated[
        str,
        typer.Argument(
            metavar="ITEMS", help="A file of items, one JSON object a line; - is stdin."
        ),
    ],
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="VERDICTS", help="Where verdicts go; - is stdout.")
    ] = "-",
    address: AddressOption = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Begin anew, whatever VERDICTS holds.")
    ] = False,
    timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", min=0.001, help="Longest time for one batch, retries included."
        ),
    ] = _DEFAULTS.timeout_seconds,
    give_up: _GiveUpOption = 60.0,
    batch_items: Annotated[
        int, typer.Option(metavar="N", min=1, help="Most items in a batch.")
    ] = _DEFAULTS.batch_items,
    concurrency: _ConcurrencyOption = _DEFAULTS.concurrency,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress and no summary, only errors.")
    ] = False,
    token_file: TokenFileOption = None,
    tls_ca: TlsCaOption = None,
    tls_cert: TlsCertOption = None,
    tls_key: TlsKeyOption = None,
) -> None:
    """Verify a file of items: one verdict a line, in the order of the items.

    The run starts only if every line is a JSON object without unknown fields and with an id of its
    own. An item with a bad value gets the verdict undecided / invalid_item, and so spoils only itself.

    A run into a file can be resumed: after Ctrl-C, a kill, a full disk or lost services run the same
    command again. What VERDICTS belongs to stands in VERDICTS.run.json beside it.
    """
    with expected_errors(), interruptible():
        settings = ClientSettings(
            batch_items=batch_items,
            concurrency=concurrency,
            timeout_seconds=timeout,
            retry=RetrySettings(connect_seconds=None, outage_seconds=give_up),
            token_file=token_file,
            tls=tls_settings(tls_ca, tls_cert, tls_key),
        )
        try:
            run(RunSettings(items, out, address, overwrite, quiet, settings))
        except Interrupted as signal:
            if not is_resumable(out):
                raise
            hint = "interrupted; run the same command again to resume"
            raise CommandError(hint, signal.code) from None

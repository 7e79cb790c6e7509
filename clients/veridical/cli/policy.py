"""The options that say how math answers are compared, where no task says it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from veridical.client import MathTask, OrderPolicy, PercentPolicy, UnitPolicy

_PANEL = "How answers are compared"
_NAMES = ("percent", "units", "order", "rtol", "atol", "ignore_variable_names")


class Percent(StrEnum):
    """Names of `PercentPolicy`, as on screen."""

    VALUE = "value"
    SIGN_OPTIONAL = "sign_optional"


class Units(StrEnum):
    """Names of `UnitPolicy`, as on screen."""

    OPTIONAL = "optional"
    REQUIRED = "required"


class Order(StrEnum):
    """Names of `OrderPolicy`, as on screen."""

    BY_FORM = "by_form"
    STRICT = "strict"
    IGNORED = "ignored"


PercentOption = Annotated[
    Percent,
    typer.Option(
        metavar="POLICY",
        help="Whether a bare 10 is taken for 10%: value (no) or sign_optional (yes).",
        rich_help_panel=_PANEL,
    ),
]
UnitsOption = Annotated[
    Units,
    typer.Option(
        metavar="POLICY",
        help="Whether a unit may be left out: optional or required.",
        rich_help_panel=_PANEL,
    ),
]
OrderOption = Annotated[
    Order,
    typer.Option(
        metavar="POLICY",
        help="Whether the order of a list counts: by_form, strict or ignored.",
        rich_help_panel=_PANEL,
    ),
]
RtolOption = Annotated[
    float | None,
    typer.Option(metavar="SHARE", min=0, max=1, help="Relative tolerance.", rich_help_panel=_PANEL),
]
AtolOption = Annotated[
    float | None,
    typer.Option(metavar="NUMBER", min=0, help="Absolute tolerance.", rich_help_panel=_PANEL),
]
VariablesOption = Annotated[
    bool,
    typer.Option("--ignore-variable-names", help="Whether x + 1 is y + 1.", rich_help_panel=_PANEL),
]


def math_policy(
    percent: Percent,
    units: Units,
    order: Order,
    rtol: float | None,
    atol: float | None,
    ignore_variable_names: bool,
) -> MathTask:
    """Return a task without a gold that holds what the options say."""
    return MathTask(
        percent=PercentPolicy.Value(f"PERCENT_POLICY_{percent.name}"),
        units=UnitPolicy.Value(f"UNIT_POLICY_{units.name}"),
        order=OrderPolicy.Value(f"ORDER_POLICY_{order.name}"),
        rtol=rtol,
        atol=atol,
        ignore_variable_names=ignore_variable_names,
    )


def policy_options(context: typer.Context) -> list[str]:
    """Return the options of a policy that the command line gives, such as `--percent`."""
    sources = ((name, context.get_parameter_source(name)) for name in _NAMES)
    return [
        f"--{name.replace('_', '-')}"
        for name, source in sources
        if source is not None and source.name == "COMMANDLINE"
    ]

"""What a caller may choose about how a math answer is read and compared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Extraction(Enum):
    """A place where an answer may stand; the first that holds one decides, in this order."""

    BOXED = "boxed"
    r"""The last `\boxed{42}` or `\fbox{42}`, joined with the boxes that directly precede it."""
    HASHES = "hashes"
    """The line behind the last `####`."""
    ANSWER_TAGS = "answer_tags"
    """The last `<answer>42</answer>`."""
    FINAL_ANSWER = "final_answer"
    """The last "final answer is 42" or "the answer is 42"."""
    ANSWER_LINE = "answer_line"
    """The last line `A: 42` or `Answer: 42`."""
    BARE = "bare"
    """The whole response, where it is one short answer."""
    CONCLUSION = "conclusion"
    """The number or formula in which the last sentence ends: "Therefore, the area is 42."."""


class PercentPolicy(Enum):
    """What a percent sign means."""

    VALUE = "value"
    """`10%` is 0.1 and nothing else."""
    SIGN_OPTIONAL = "sign_optional"
    """`10%` is 0.1, and a bare 10 is taken where the gold is written `10%`."""


class UnitPolicy(Enum):
    """How units behind numbers are compared."""

    OPTIONAL = "optional"
    """A unit may be missing on one side; two units must agree (`1 km` is `1000 m`)."""
    REQUIRED = "required"
    """A unit of the gold must stand in the answer."""


class OrderPolicy(Enum):
    """Whether the order of list members counts."""

    BY_FORM = "by_form"
    """Sets and bare lists in any order, tuples and vectors as written."""
    STRICT = "strict"
    """Every list as written."""
    IGNORED = "ignored"
    """Every list in any order."""


@dataclass(frozen=True, slots=True)
class MathPolicy:
    """How one math task wants its answers read and compared.

    Attributes:
        percent: Percent signs; see `PercentPolicy`.
        units: Units behind numbers; see `UnitPolicy`.
        order: Order of lists; see `OrderPolicy`.
        rtol: Accepted distance of two numbers relative to the gold, or None for none.
        atol: Accepted absolute distance of two numbers, or None for none.
        ignore_variable_names: Whether `f(x)=x` matches `f(t)=t`.
        extraction: The places to look at, always in the order of `Extraction`; empty means all.
    """

    percent: PercentPolicy = PercentPolicy.VALUE
    units: UnitPolicy = UnitPolicy.OPTIONAL
    order: OrderPolicy = OrderPolicy.BY_FORM
    rtol: float | None = None
    atol: float | None = None
    ignore_variable_names: bool = False
    extraction: tuple[Extraction, ...] = ()

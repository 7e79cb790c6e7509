"""Tables of a page: numbers at the right under each other, intervals beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from veridical.evaluation.bootstrap import Band
from veridical.evaluation.counts import FloatArray
from veridical.evaluation.page.text import inline, name


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        title: What stands above it.
        is_name: Whether that is a name of foreign origin, to be cut where it is long.
        is_text: Whether its cells are text, at the left.
        has_range: Whether its cells have intervals beside them.
    """

    title: str
    is_name: bool = False
    is_text: bool = False
    has_range: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell.

    Attributes:
        text: The figure, or text of any origin.
        interval: What stands beside it, in a column with intervals.
    """

    text: str
    interval: str = ""


NONE = Cell("–")


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table, which scrolls where it is too wide."""
    lines = list(rows)
    widths = [
        max((len(row[place].interval) for row in lines), default=0) for place in range(len(columns))
    ]
    head = "".join(map(_head, columns))
    body = "".join(f"<tr>{''.join(map(_cell, columns, row, widths))}</tr>" for row in lines)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def share(value: float, digits: int = 1) -> str:
    """Return a share of 1 in percent, without the sign."""
    return signed_zero(f"{100 * value:.{digits}f}")


def signed_zero(figure: str) -> str:
    """Return a figure with a real minus sign, and without one before zero."""
    return figure.replace("-", "−") if float(figure) else figure.lstrip("-")


def at_k(values: FloatArray, band: Band, k: int, *, signed: bool = False) -> Cell:
    """Return the figure of a curve at k with its interval, in percent; a dash where the curve has ended."""
    if k > len(values):
        return NONE
    form = "+.1f" if signed else ".1f"
    value, low, high = (
        signed_zero(f"{100 * float(each[k - 1]):{form}}") for each in (values, band.low, band.high)
    )
    return Cell(value, f"[{low}, {high}]")


def _head(column: Column) -> str:
    title = name(column.title) if column.is_name else escape(column.title)
    kind = ' class="text"' if column.is_text else ""
    return f"<th{kind}>{title.replace(', %', ',&nbsp;%')}</th>"


def _cell(column: Column, cell: Cell, width: int) -> str:
    if column.is_text:
        return f'<td class="text">{inline(cell.text)}</td>'
    if not column.has_range:
        return f"<td>{escape(cell.text)}</td>"
    # As wide as the widest, so that what stands before it is aligned.
    style = f"min-width:{0.58 * width:.1f}em"
    return f'<td>{escape(cell.text)}<span class="range" style="{style}">{escape(cell.interval)}</span></td>'

"""Type hints as values: each comes out of the wire as it went in."""

from __future__ import annotations

import builtins
import typing
from collections import abc
from typing import Any

import pytest

from veridical.code.cell.values.hints import decode_hint, encode_hint
from veridical.code.cell.values.plain import Decoder, Encoder, Tree, ViolationError

T = typing.TypeVar("T")


class Named(typing.Generic[T]):
    """Called like a form below."""


Named.__name__ = Named.__qualname__ = "List"
NAMES = {**vars(typing), "abc": abc, "Named": Named, "T": T}
# As texts: what they say today is another form in part.
HINTS = (
    *(
        "list[int]",
        "dict[str, dict[str, int | None]]",
        "tuple[()]",
        "tuple[int, ...]",
        "int | None",
    ),
    *(
        "abc.Callable[[int], str]",
        "abc.Callable[..., int]",
        "abc.Mapping[str, int]",
        "abc.Iterable",
    ),
    *(
        "Annotated[int, 'm']",
        "Annotated[List[int], 1, 'x']",
        "Literal['r', 1]",
        "Literal[b'x', None]",
    ),
    *("Optional[int]", "Union[int, str]", "Tuple[int, ...]", "Tuple[()]", "Dict[str, List[int]]"),
    *(
        "Callable[[int], str]",
        "Callable[..., Any]",
        "Callable",
        "ClassVar[int]",
        "Final[int]",
        "Any",
    ),
    *("Generator[int, None, str]", "Iterable", "List", "Awaitable[int]", "Counter", "Deque[int]"),
    *("TypeGuard[int]", "NoReturn", "Type[int]", "Callable[[List[int]], Optional[str]]"),
)
OTHERS = (
    "5",
    "'x'",
    "int",
    "type[int]",
    "T",
    "List[T]",
    "List['T']",
    "Named[int]",
    "Generic",
    "cast",
)


def kinds(value: Any, _: Encoder) -> Tree:
    return encode_hint(value, _) or {"n": "..." if value is ... else value.__name__}


def named(tag: str, tree: Tree, decoder: Decoder) -> Any:
    if tag == "T":
        return decode_hint(tree, decoder)
    return {"...": ..., "NoneType": type(None)}.get(tree) or getattr(builtins, tree)


@pytest.mark.parametrize("hint", HINTS)
def test_a_hint_comes_out_as_it_went_in(hint: str) -> None:
    given = eval(hint, NAMES)
    tree = Encoder(kinds).fresh(given)
    made = Decoder(named).fresh(tree)
    assert made == given
    assert repr(made) == repr(given)


@pytest.mark.parametrize("value", OTHERS)
def test_what_is_no_hint_or_holds_what_cannot_cross_is_none(value: str) -> None:
    assert encode_hint(eval(value, NAMES), Encoder(kinds)) is None


@pytest.mark.parametrize(
    "tree",
    [
        *(7, [], ["list"], [None, None], ["list", 7], ["list", [5]], ["list", ["x()"]]),
        *(["|", []], ["|", [5, 6]], ["type", [{"n": "int"}]], ["os:system", None]),
        *(["typing:List", ["x()"]], ["typing:ForwardRef", ["x()"]], ["typing:Literal", [[1]]]),
        *(["collections.abc:Hashable", [{"n": "int"}]], ["typing:Callable", [{"n": "int"}]]),
    ],
    ids=repr,
)
def test_a_forged_tree_is_refused(tree: Tree) -> None:
    with pytest.raises(ViolationError):
        Decoder(named).fresh({"T": tree})

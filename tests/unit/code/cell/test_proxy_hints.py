"""Signatures and type hints of the program."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

HINTED = """
from typing import List, Optional, Dict, get_type_hints
class P: pass
def add(a: int, b: float = 2.0, *args: str, **kw: bool) -> float: return a+b
def lst(xs: list[int], ys: List[int] = None, z: Optional[int] = None, p: P = None) -> Dict[str, int]: return {}
def un(x: int | None) -> "P": return None
class Q:
    x: int = 1
    y: list[str]
    def m(self, k: int) -> str: return str(k)
"""
WRONGLY_HINTED = """
from typing import List, Optional, Dict, get_type_hints
class P: pass
def add(a: str, b: float = 2.0, *args: str, **kw: bool) -> int: return a+b
def lst(xs: list[str], ys: List[str] = None, z: Optional[str] = None, p: P = None) -> Dict[str, str]: return {}
def un(x: str | None) -> "P": return None
class Q:
    x: str = 1
    y: list[str]
    def m(self, k: float) -> str: return str(k)
"""
CASES = {
    "annotations": (
        HINTED,
        WRONGLY_HINTED,
        """
assert add.__annotations__ == {"a":int,"b":float,"args":str,"kw":bool,"return":float}
""",
    ),
    "what a function gives": (
        HINTED,
        WRONGLY_HINTED,
        """
import inspect
assert inspect.signature(add).return_annotation is float
""",
    ),
    "a parameter": (
        HINTED,
        WRONGLY_HINTED,
        """
import inspect
assert inspect.signature(add).parameters["a"].annotation is int
""",
    ),
    "hints": (
        HINTED,
        WRONGLY_HINTED,
        """
import typing
assert typing.get_type_hints(add)["return"] is float
assert typing.get_type_hints(add)["a"] == int
""",
    ),
    "hints with brackets": (
        HINTED,
        WRONGLY_HINTED,
        """
from typing import get_type_hints, List, Optional, Dict
h = get_type_hints(lst)
assert h["xs"] == list[int]
assert h["ys"] == List[int]
assert h["return"] == Dict[str,int]
""",
    ),
    "an optional": (
        HINTED,
        WRONGLY_HINTED,
        """
from typing import get_type_hints, List, Optional, Dict
h = get_type_hints(lst)
assert h["z"] == Optional[int]
""",
    ),
    "a class of the program": (
        HINTED,
        WRONGLY_HINTED,
        """
from typing import get_type_hints
assert get_type_hints(lst)["p"] is P
assert get_type_hints(lst)["xs"] == list[int]
""",
    ),
    "a union": (
        HINTED,
        WRONGLY_HINTED,
        """
from typing import get_type_hints
assert get_type_hints(un)["x"] == int | None
""",
    ),
    "attributes": (
        HINTED,
        WRONGLY_HINTED,
        """
from typing import get_type_hints
assert get_type_hints(Q) == {"x": int, "y": list[str]}
""",
    ),
    "a method": (
        HINTED,
        WRONGLY_HINTED,
        """
from typing import get_type_hints
assert get_type_hints(Q.m) == {"k": int, "return": str}
""",
    ),
    "a signature as text": (
        HINTED,
        WRONGLY_HINTED,
        """
import inspect
assert str(inspect.signature(add)) == "(a: int, b: float = 2.0, *args: str, **kw: bool) -> float"
""",
    ),
    "a bound method": (
        HINTED,
        WRONGLY_HINTED,
        """
import inspect
assert "k" in inspect.signature(Q.m).parameters
assert inspect.signature(Q().m).parameters["k"].annotation is int
""",
    ),
    "whether it says": (
        HINTED,
        WRONGLY_HINTED,
        """
import inspect
assert inspect.signature(add).return_annotation is not inspect.Signature.empty
assert inspect.signature(add).return_annotation == float
""",
    ),
    "some annotations": (
        HINTED,
        WRONGLY_HINTED,
        """
assert callable(add) and add.__name__=="add"
assert add.__annotations__.get("a") is int
assert add.__annotations__["return"] is float
""",
    ),
    "all annotations": (
        HINTED,
        WRONGLY_HINTED,
        """
assert all(n in add.__annotations__ for n in ("a","b","return"))
assert add.__annotations__["return"] == float
""",
    ),
    "a class's signature": (
        """
class Q:
    x: int = 1
    def m(self, k: int) -> str: return str(k)
    def __init__(self, a: int, b=2): self.a=a
    def _p(self): pass
    @staticmethod
    def s(): return 1
    @classmethod
    def c(cls): return 1
    @property
    def pr(self): return 1
""",
        """
class Q:
    x: int = 1
    def m(self, k: int) -> str: return str(k)
    def _p(self): pass
    @staticmethod
    def s(): return 1
    @classmethod
    def c(cls): return 1
    @property
    def pr(self): return 1
""",
        """
import inspect
assert str(inspect.signature(Q)) == "(a: int, b=2)"
""",
    ),
    "callables": (
        """
from typing import Callable, Any
import collections.abc as c
def f(g: Callable[[int], str], h: Callable[..., Any], i: c.Callable[[int], str], k: c.Iterable, l: Callable) -> None: pass
""",
        """
from typing import Callable, Any
import collections.abc as c
def f(g: Callable[[int], int], h: Callable[..., str], i: c.Callable[[str], str], k: c.Iterator, l: Any) -> None: pass
""",
        """
import collections.abc as c
from typing import Any, Callable, get_type_hints
hints = get_type_hints(f)
assert hints["g"] == Callable[[int], str]
assert hints["h"] == Callable[..., Any]
assert hints["i"] == c.Callable[[int], str]
assert hints["k"] is c.Iterable
assert hints["l"] is Callable
assert hints["return"] is type(None)
""",
    ),
    "constants": (
        """
from typing import Annotated, Literal, Tuple
def f(a: Literal["r", 1], b: Annotated[int, "m"], c: Tuple[int, ...], d: tuple[()]): pass
""",
        """
from typing import Annotated, Literal, Tuple
def f(a: Literal["r", 2], b: Annotated[int, "n"], c: Tuple[int], d: tuple[int]): pass
""",
        """
from typing import Annotated, Literal, Tuple, get_type_hints
hints = get_type_hints(f, include_extras=True)
assert hints == {"a": Literal["r", 1], "b": Annotated[int, "m"], "c": Tuple[int, ...], "d": tuple[()]}
assert get_type_hints(f)["b"] is int
""",
    ),
    "a generic class that is called like a form": (
        """
from typing import Generic, TypeVar
T = TypeVar("T")
class List(Generic[T]): pass
def f(a: List[int], b: T): return 1
""",
        """
from typing import List
def f(a: List[int], b: int): return 2
""",
        """
from typing import List as Real
assert f.__annotations__["a"] != Real[int]
assert f(1, 2) == 1
""",
    ),
    "hints of the tests": (
        """
def f(hint): return hint == list[int] and hint.__args__
def g(hint):
    from typing import Optional
    return hint == Optional[str]
""",
        """
def f(hint): return hint == list[str]
def g(hint): return False
""",
        """
from typing import Optional
assert f(list[int]) == (int,)
assert g(Optional[str])
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)

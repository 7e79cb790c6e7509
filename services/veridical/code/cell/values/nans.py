"""NaNs by their identity, for tests that speak of any: a list that holds one equals what holds the same one only."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

from veridical.code.cell.values.plain import Encoder, Foreign, Tree, ViolationError


class Nans:
    """The NaNs of one conversation, as one of its sides holds them.

    Args:
        step: From the number of one that this side tells of to the next; the other side counts the other way.
    """

    def __init__(self, step: int) -> None:
        self._step = step
        self._held: dict[int | str, float] = {}
        self._keys: dict[int, int | str] = {}

    def tell(self, value: float) -> Tree:
        """The tree of a NaN."""
        key = self._keys.get(id(value))
        if key is None:
            key = self._keep(_library(value) or self._step * (len(self._held) + 1), value)
        return {"q": key}

    def hear(self, key: Any) -> float:
        """The NaN of a tree.

        Raises:
            ViolationError: There is none.
        """
        if type(key) not in (int, str):
            raise ViolationError("a NaN without a number")
        value = self._held.get(key)
        if value is None:
            value = _of_library(key) if type(key) is str else float("nan")
            self._keep(key, value)
        return value

    def _keep(self, key: int | str, value: float) -> int | str:
        self._held[key] = value
        self._keys[id(value)] = key
        return key


class NanEncoder(Encoder):
    """Turns values into trees that tell one NaN from another.

    Args:
        nans: Those of the conversation.
        foreign: As of `Encoder`.
        follow: As of `Encoder`.
    """

    def __init__(
        self, nans: Nans, foreign: Foreign, follow: Callable[[Any, Encoder], Tree] | None = None
    ) -> None:
        super().__init__(foreign, follow)
        self._nans = nans

    def __call__(self, value: Any) -> Tree:
        """The tree of one value inside the present one."""
        return self._nans.tell(value) if _is_nan(value) else super().__call__(value)

    def sequence(self, values: Any) -> list[Tree]:
        """The trees of the members, as they are now."""
        held = list(values)
        told = super().sequence(held)
        if not any(map(_is_nan, held)):
            return told
        return [
            self._nans.tell(value) if _is_nan(value) else tree
            for value, tree in zip(held, told, strict=True)
        ]


def _is_nan(value: Any) -> bool:
    return type(value) is float and value != value


def _library(value: float) -> str | None:
    """The library that has this very NaN."""
    if value is math.nan:
        return "math"
    return "numpy" if value is getattr(sys.modules.get("numpy"), "nan", None) else None


def _of_library(name: str) -> float:
    if name not in ("math", "numpy"):
        raise ViolationError("a NaN of no library")
    if name == "numpy":
        import numpy as np  # the other side has loaded it, too

        return np.nan
    return math.nan

"""The names of a module as a dict that changes with it."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any


class Namespace(MutableMapping[str, Any], dict[str, Any]):  # type: ignore[misc,metaclass]
    """What `vars` gives of a module that stands for the program's.

    Args:
        module: What is asked for its attributes.
    """

    def __init__(self, module: Any) -> None:
        self._module = module

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self._module, name)
        except AttributeError:
            raise KeyError(name) from None

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self._module, name, value)

    def __delitem__(self, name: str) -> None:
        delattr(self._module, name)

    def __iter__(self) -> Iterator[str]:
        return iter(dir(self._module))

    def __len__(self) -> int:
        return len(dir(self._module))

    def __repr__(self) -> str:
        return repr(self.copy())

    def copy(self) -> dict[str, Any]:
        """The names and values of this moment."""
        return {name: self[name] for name in self}

"""What a cell runs before it hears of a payload."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Runtime:
    """A kind of cell: what its zygote has loaded, and the function that serves in the cell.

    Attributes:
        name: What `Slot.spawn` calls it.
        entry: `"module:function"`; called in the cell as
            `function(control: Channel, peer: Channel | None)`. When it returns, the cell ends.
        modules: Names of packages or modules that are sent into the slot, standard library only.
        imports: Importable names that the zygote loads ahead, such as `"numpy"`; those that are
            not of the standard library are made visible inside the slot, as are `packages`.
        packages: Importable names that are visible inside the slot, but not loaded ahead.
        prepared: Whether `entry` is called in the zygote instead, with nothing: there it makes what
            all cells need, and returns what each calls ahead of its start, which does what can be
            done before there is a payload, and returns what then serves as above.
        spares: Cells forked ahead of need. With none the zygote starts at the first need.
    """

    name: str
    entry: str
    modules: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    prepared: bool = False
    spares: int = 1

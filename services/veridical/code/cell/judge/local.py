"""Tests and solution in one interpreter, where a task allows it: the runners see the same interface."""

from __future__ import annotations

import linecache
import sys
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from veridical.code.cell.judge.faults import Fault, NeedsShared, SolutionGone


@dataclass(slots=True)
class LocalLink:
    """Stands for `Link` beside a program of the same interpreter.

    Attributes:
        module: The loaded program.
    """

    module: types.ModuleType
    fault: Fault | None = None
    needs: str | None = None
    touched: bool = True
    is_imported: bool = True
    leaves_traces: bool = True
    is_heard: bool = True
    last: Any = None
    world: None = None
    own_equality: int = 0
    foreign: set[str] = field(default_factory=set)

    def names(self, names: list[str], *, everything: bool = False) -> dict[str, Any]:
        """Those of `names` that the program defines.

        Raises:
            SolutionGone: The program did not load.
        """
        if self.fault is not None:
            raise SolutionGone(self.fault.text)
        known = vars(self.module)
        return {name: known[name] for name in (known if everything else names) if name in known}

    def value_of(self, name: str) -> Any:
        """What a name of the program means now.

        Raises:
            KeyError: It does not define it.
            SolutionGone: The program did not load.
        """
        return self.names([name])[name]

    def raised(self, error: BaseException) -> bool:
        """Whether the program raised `error`: its frames are in the traceback."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        return trace is not None and trace.tb_frame.f_globals is vars(self.module)

    def operate(self, operation: str, *arguments: Any) -> Any:
        """Nothing is mirrored: there is one world."""

    def clear_doubt(self) -> None:
        """Does nothing: there is none."""

    def is_doubted(self) -> bool:
        """Never: the program compares for itself."""
        return False

    def needs_shared(self, text: str) -> NeedsShared:
        """Never asked for here."""
        return NeedsShared(text)


def load(source: str, name: str) -> LocalLink:
    """The program, loaded into this interpreter; its fault says why it did not load."""
    module = types.ModuleType(name)
    path = f"{Path.cwd()}/{name.replace('.', '/')}.py"
    module.__file__ = path
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    sys.modules[name] = module
    link = LocalLink(module)
    try:
        code = compile(source.removeprefix("\ufeff"), path, "exec", dont_inherit=True)
        exec(code, vars(module))  # noqa: S102 - this is what a cell is for
    except SystemExit as fault:
        link.fault = Fault("early_exit", str(fault))
    except (SyntaxError, ValueError) as fault:
        reason = "compile_error" if "code" not in locals() else "runtime_error"
        link.fault = Fault(reason, f"{type(fault).__name__}: {fault}")
    except BaseException as fault:
        link.fault = Fault("runtime_error", f"{type(fault).__name__}: {fault}")
    return link

"""Readies the tests' interpreter: what they use of libraries hears of both sides, or is refused."""

from __future__ import annotations

import ast
import copy
import functools
import gc
import importlib
import random
import re
import sys
import threading
import unittest
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge import sources
from veridical.code.cell.judge.interpreter.guard import Guard
from veridical.code.cell.judge.interpreter.patches import Assigned
from veridical.code.cell.judge.interpreter.program_file import ProgramFile
from veridical.code.cell.judge.library import FOREIGN, is_library
from veridical.code.cell.judge.proxy.classes import is_named, reference
from veridical.code.cell.judge.proxy.held import counted
from veridical.code.cell.judge.proxy.kinds import know_hints, know_kinds
from veridical.code.cell.judge.proxy.special import decayed
from veridical.code.cell.judge.result import know_imports

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_UNSERVED = (
    *(("gc", "get_referrers"), ("sys", "getrefcount")),
    *(("numpy", "shares_memory"), ("numpy", "may_share_memory")),
    *(("inspect", "getattr_static"), ("inspect", "ismethod")),
    *(("threading", "active_count"), ("threading", "enumerate"), ("asyncio", "all_tasks")),
    *(("time", "process_time"), ("time", "process_time_ns"), ("os", "times")),
    *(("time", "thread_time"), ("time", "thread_time_ns"), ("resource", "getrusage")),
    *(("sys", "setprofile"), ("sys", "settrace")),
    *(("tracemalloc", "get_traced_memory"), ("tracemalloc", "take_snapshot")),
    *(("weakref", "ref"), ("weakref", "proxy"), ("weakref", "finalize"), ("weakref", "WeakSet")),
    *(("weakref", "WeakMethod"), ("weakref", "WeakKeyDictionary")),
    *(("weakref", "WeakValueDictionary"), ("traceback", "extract_tb"), ("traceback", "walk_tb")),
)
"""What tests ask of both sides, and each has for itself: who holds an object, whose memory it is, what runs."""
_LINKS = (
    *(
        ("os", "symlink"),
        ("os", "link"),
        ("os", "mkfifo"),
        ("os", "readlink"),
        ("os.path", "islink"),
    ),
    *(("pathlib", "Path.symlink_to"), ("pathlib", "Path.hardlink_to")),
    *(("pathlib", "Path.is_symlink"), ("pathlib", "Path.readlink")),
)
"""What makes or reads files that are no content: they stay on the side where they were made."""
_STATES = {
    "recursion": ("sys", "getrecursionlimit", ""),
    "decimal": ("decimal", "getcontext", ""),
    "loggers": (
        *("logging", "getLogger"),
        r"\.(handlers|filters|hasHandlers)\b",
    ),
}
"""What gives a state of the interpreter, which the program may have set on its side, and what reads it."""
_STACK_BYTES = 2 << 20
"""Of a thread of the tests: some start a thousand, whose stacks must fit into the address space of a cell."""


def prepare(link: Link, trees: Sequence[ast.Module], texts: Sequence[str], path: Path) -> Guard:
    """Has the solution tell of itself what the tests look at, and run nothing of it here.

    Args:
        link: The conversation with it.
        trees: The tests' source.
        texts: The same as text.
        path: Where the program stands, as frames have it.

    Raises:
        NeedsShared: They read the program's source.
    """
    for tree in trees:
        reader = sources.reads_source(tree)
        if reader is not None:
            raise link.needs_shared(f"{reader}() of the program")
    if any(map(sources.reads_frames, trees)):
        link.path = str(path)
    link.answers_threads = True
    link.assigned = Assigned(link, trees)
    link.follows_contexts = any("contextvars" in text or "async" in text for text in texts)
    link.records = any(map(sources.reads_records, texts))
    link.mentions = sources.mentions(texts)
    know_imports(trees)
    if any(map(sources.asks_kinds, trees)):
        know_kinds()
    if any("get_type_hints" in text for text in texts):
        know_hints(link)
    _stand_before(link, texts)
    ProgramFile(link, path, texts).install()
    guard = Guard(link, trees, texts)
    guard.install()
    return guard


def _stand_before(link: Link, texts: Sequence[str]) -> None:
    """Replaces what of the library would ask the program's values, or can say nothing of them."""
    _refuse_unserved(link, texts)
    if any("hread" in text or "Executor" in text for text in texts):
        threading.stack_size(_STACK_BYTES)
    if any("gc" in text for text in texts):
        collect_both(link)
    if any("getsizeof" in text for text in texts):
        weigh_there(link)
    if any("assertSetEqual" in text for text in texts):
        compare_sets()
    if any("Counter" in text for text in texts):
        combine_counters()
    if any("Fraction" in text for text in texts):
        compare_fractions()


def _refuse_unserved(link: Link, texts: Sequence[str]) -> None:
    for module, name in _UNSERVED:
        if any(module in text and re.search(rf"\b{name}\b", text) for text in texts):
            refuse(link, module, name, lambda: link.touched)
    for module, name in _LINKS:
        word = name.rpartition(".")[2]
        if any(re.search(rf"\b{word}\b", text) for text in texts):
            refuse(link, module, name, lambda: True)
    for state, (module, name, reads) in _STATES.items():
        if any(name in text and re.search(reads, text) for text in texts):
            refuse(link, module, name, functools.partial(_is_own_state, link, state))


def _is_own_state(link: Link, state: str) -> bool:
    return link.world is not None and state in link.world.states


def refuse(link: Link, module: str, name: str, is_refused: Callable[[], bool]) -> None:
    """From now on tests that call this need one interpreter, where that is so."""
    holder: Any = importlib.import_module(module)
    *path, place = name.split(".")
    for one in path:
        holder = getattr(holder, one)
    function: Any = getattr(holder, place)

    def check() -> None:
        caller = sys._getframe(2).f_globals.get("__name__", "")  # noqa: SLF001 - who asks
        is_of_runner = caller.partition(".")[0] in FOREIGN
        if is_refused() and not (is_library(caller) or is_of_runner):
            raise link.needs_shared(f"{module}.{name}")

    def called(*arguments: Any, **named: Any) -> Any:
        check()
        return function(*arguments, **named)

    def made(kind: Any, *arguments: Any, **named: Any) -> Any:
        check()
        make = function.__new__
        return make(kind) if make is object.__new__ else make(kind, *arguments, **named)

    is_class = isinstance(function, type)
    setattr(holder, place, type(name, (function,), {"__new__": made}) if is_class else called)


def collect_both(link: Link) -> None:
    """From now on both sides collect what only holds itself where the tests do."""
    collect = gc.collect

    def collected(*arguments: Any, **named: Any) -> int:
        count = collect(*arguments, **named)
        if link.touched and link.fault is None:
            count += link.operate("collect", *arguments, *named.values())
        return count

    vars(gc).update(collect=collected)


def weigh_there(link: Link) -> None:
    """From now on an object of the program has the size that it has there."""
    getsizeof = sys.getsizeof

    def weighed(value: Any, *default: Any, **named: Any) -> Any:
        if link.mirrors.number(value) is None:
            return getsizeof(value, *default, **named)
        size = link.operate("sizeof", value)
        return size if type(size) is int else getsizeof(value)

    vars(sys).update(getsizeof=weighed)


def compare_sets() -> None:
    """From now on `assertSetEqual` compares what sets hold: it would ask one for its difference."""
    compare: Any = unittest.TestCase.assertSetEqual

    def compared(case: Any, first: Any, second: Any, msg: Any = None) -> None:
        compare(case, decayed(first), decayed(second), msg)

    vars_of: Any = unittest.TestCase
    vars_of.assertSetEqual = compared


def compare_fractions() -> None:
    """From now on no fraction is compared with an object of the solution: it would multiply it with its own parts."""
    kind: Any = Fraction
    compare = kind._richcmp  # noqa: SLF001 - what its four orderings do

    def compared(self: Any, other: Any, order: Any) -> Any:
        if is_named(other):
            raise reference(other).link.needs_shared("compares a fraction with an object")
        return compare(self, other, order)

    kind._richcmp = compared  # noqa: SLF001


def combine_counters() -> None:
    """From now on what counters take in place is what another one holds: they would ask it for each of theirs."""
    for name in ("__iadd__", "__isub__", "__iand__", "__ior__"):
        _decay(getattr(Counter, name), name)


def _decay(combine: Any, name: str) -> None:
    setattr(Counter, name, lambda self, other: combine(self, counted(other)))


def mirror_seeds(link: Link) -> None:
    """From now on a seed, or a state, that the tests set is set in the solution too."""
    _mirror_seeds(link, "random", random, ("seed", "setstate", "getstate"))
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        _mirror_seeds(link, "numpy", numpy.random, ("seed", "set_state", "get_state"))


def _mirror_seeds(link: Link, library: str, holder: Any, names: tuple[str, str, str]) -> None:
    seed, restore, state = (getattr(holder, name) for name in names)

    def seeded(*arguments: Any) -> None:
        seed(*arguments)
        link.operate("seed", library, copy.deepcopy(arguments))  # theirs stay theirs

    def restored(given: Any) -> None:
        restore(given)
        link.operate("restore", library, copy.deepcopy(given))

    def told(*arguments: Any, **named: Any) -> Any:
        given = state(*arguments, **named)
        # What the tests keep is the state of both.
        link.operate("restore", library, copy.deepcopy(given))
        return given

    mirrored: tuple[Callable[..., Any], ...] = (seeded, restored, told)
    for name, function in zip(names, mirrored, strict=True):
        setattr(holder, name, function)

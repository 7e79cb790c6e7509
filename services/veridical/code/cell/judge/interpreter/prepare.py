"""Readies the tests' interpreter: what they use of libraries hears of both sides, or is refused."""

from __future__ import annotations

import ast
import copy
import functools
import gc
import importlib
import os
import re
import sys
import threading
import types
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
_OF_FILES = (
    *(("os", "mkfifo"), ("os.path", "getctime")),
    *(("fcntl", "flock"), ("fcntl", "lockf"), ("fcntl", "fcntl")),
)
"""What makes or reads of files that which each side has for itself."""
_OF_FILE = re.compile(rf"\b({'|'.join({name.rpartition('.')[2] for _, name in _OF_FILES})})\b")
_OF_INODES = re.compile(r"\bst_(ino|ctime(_ns)?)\b")
_STATES = {
    "recursion": ("sys", "getrecursionlimit", ""),
    "decimal": ("decimal", "getcontext", ""),
    "loggers": (
        *("logging", "getLogger"),
        r"\.(handlers|filters|hasHandlers)\b",
    ),
}
"""What gives a state of the interpreter, which the program may have set on its side, and what reads it."""
_OF_RECORDS = ("veridical.code.cell.loggers", "veridical.code.cell.judge.proxy.records")
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
        NeedsShared: They read the program's source, set attributes past its classes, or read what each side
            has for itself of files.
    """
    reader = sources.reads_source(trees, texts)
    if reader is not None:
        raise link.needs_shared(f"{reader}() of the program")
    setter = sources.sets_past(trees, texts)
    if setter is not None:
        raise link.needs_shared(f"{setter} past a class")
    know_tests(link, trees, texts)
    if sources.reads_frames(trees, texts):
        link.path = str(path)
    know_imports(trees)
    if sources.asks_kinds(trees, texts):
        know_kinds()
    text = "\n".join(texts)
    if "get_type_hints" in text:
        know_hints(link)
    if _OF_INODES.search(text):
        raise link.needs_shared("numbers and times of inodes")
    _stand_before(link, text)
    ProgramFile(link, path, texts).install()
    guard = Guard(link, trees, texts)
    guard.install()
    return guard


def know_tests(link: Link, trees: Sequence[ast.Module], texts: Sequence[str]) -> None:
    """Has the conversation know what the tests look at."""
    link.answers_threads = True
    link.assigned = Assigned(link, trees)
    text = "\n".join(texts)
    link.follows_contexts = "contextvars" in text or "async" in text
    link.records = sources.reads_records(text)
    for name in _OF_RECORDS if link.records else ():
        importlib.import_module(
            name
        )  # logging is large; once the guard stands, nothing of these is loaded
    link.mentions = sources.mentions(text)


def _stand_before(link: Link, text: str) -> None:
    """Replaces what of the library would ask the program's values, or can say nothing of them."""
    _refuse_unserved(link, text)
    if "hread" in text or "Executor" in text:
        threading.stack_size(_STACK_BYTES)
    if "async" in text or "Async" in text:
        _join_loops(link, text)
    if "gc" in text:
        collect_both(link)
    if "getsizeof" in text:
        weigh_there(link)
    if "assertSetEqual" in text:
        compare_sets()
    if "Counter" in text:
        combine_counters()
    if "Fraction" in text:
        compare_fractions()


def _refuse_unserved(link: Link, text: str) -> None:
    for module, name in _UNSERVED:
        if module in text and re.search(rf"\b{name}\b", text):
            refuse(link, module, name, lambda: link.touched)
    asking = _OF_FILE.findall(text)
    for module, name in _OF_FILES if asking else ():
        if name.rpartition(".")[2] in asking:
            refuse(link, module, name, lambda: True)
    if "symlink" in text:
        _refuse_links(link)
    for state, (module, name, reads) in _STATES.items():
        if name in text and re.search(reads, text):
            refuse(link, module, name, functools.partial(_is_own_state, link, state))


def _refuse_links(link: Link) -> None:
    """From now on tests that make a link which leads beyond what both sides have need one interpreter."""
    symlink = os.symlink

    def made(target: Any, path: Any, *arguments: Any, **named: Any) -> None:
        is_fair = (
            link.world is not None
            and not named.get("dir_fd")
            and link.world.is_shared_link(os.fsdecode(path), os.fsdecode(target))
        )
        if not (is_fair or _is_of_runner(sys._getframe(1))):  # noqa: SLF001 - who asks
            raise link.needs_shared("os.symlink")
        symlink(target, path, *arguments, **named)

    vars(os).update(symlink=made)


def _is_of_runner(frame: types.FrameType | None) -> bool:
    while frame is not None and is_library(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    name = "" if frame is None else frame.f_globals.get("__name__", "")
    return name.partition(".")[0] in FOREIGN


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


def _join_loops(link: Link, text: str) -> None:
    from veridical.code.cell.judge.interpreter import loops  # few tests have any

    loops.end_both(link)
    if "set_exception_handler" in text:
        loops.handle_both(link)


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
    import unittest  # which the tests name

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


def mirror_seeds(link: Link, texts: Sequence[str]) -> None:
    """From now on a seed, or a state, that the tests set is set in the solution too."""
    if "random" in "\n".join(texts):
        random = importlib.import_module("random")
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

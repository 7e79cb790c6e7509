"""Mutable values that tests and program share: what happens to them is what happens in one interpreter."""

from __future__ import annotations

import random
import types
from collections.abc import Iterator

import pytest
from proxy_pair import judged

PROGRAM = """
from collections import Counter, OrderedDict, defaultdict, deque
class Box:
    def __init__(self, held): self.held = held
    def get(self): return self.held
    def put(self, x): self.held = x
    def add(self, x): add(self.held, x)
class Own(list):
    pass
boxes = [Box([]), Box({})]
def new(kind):
    return {"list": list, "dict": dict, "deque": deque, "own": Own, "ordered": OrderedDict,
            "default": lambda: defaultdict(list)}[kind]()
def add(to, x):
    if hasattr(to, "append"): to.append(x)
    else: to[len(to)] = x
def drop(to):
    if len(to): to.pop(len(to) - 1) if not hasattr(to, "popleft") else to.pop()
def first(x):
    values = list(x.values()) if hasattr(x, "values") else list(x)
    return values[0] if values else None
def shallow(x): return x.copy() if not isinstance(x, Own) else list(x)
def pair(x, y): return [x, y, x]
def both(x, y):
    add(x, 1)
    return x is y
def each(x, f):
    for one in list(x): f(one)
def steps(x):
    add(x, 7)
    yield x
    add(x, 8)
    yield x
"""
SHOW = """
def show(x, seen):
    if not (hasattr(x, "append") or hasattr(x, "keys")): return repr(x)
    if id(x) in seen: return f"#{seen[id(x)]}"
    seen[id(x)] = len(seen)
    if hasattr(x, "keys"):
        return "{" + ",".join(f"{k!r}:{show(x[k], seen)}" for k in list(x)) + "}"
    return "[" + ",".join(show(one, seen) for one in list(x)) + "]"
"""
NAMES = ("a", "b", "c", "d")


def statements(source: random.Random, count: int) -> Iterator[str]:
    """Tests that use what they share with the program every way."""
    yield "from collections import deque"
    yield "a, b, c, d = [], {}, [[1], [2]], deque([1])"
    for _ in range(count):
        x, y, z = (source.choice(NAMES) for _ in range(3))
        box = f"boxes[{source.randrange(2)}]"
        kind = source.choice(("list", "dict", "deque", "own", "ordered", "default"))
        yield source.choice(
            (
                f"{x} = new({kind!r})",
                f"add({x}, {source.randrange(9)})",
                f"add({x}, [{source.randrange(9)}])",
                f"add({x}, new({kind!r}))",
                f"put({x}, {y})",
                f"drop({x})",
                f"{x} = first({y}) if hasattr(first({y}), 'copy') else {x}",
                f"{x} = shallow({y})",
                f"{x} = pair({y}, {z})",
                f"both({x}, {y})",
                f"{box}.put({x})",
                f"{x} = {box}.get()",
                f"{x} = {box}.held",
                f"{box}.held = {x}",
                f"{box}.add({y})",
                f"each({x}, {y}.append) if hasattr({y}, 'append') else None",
                f"list(steps({x}))",
                f"for one in steps({x}): put(one, {y})",
            )
        )


# As the tests' own, where `add` is the program's.
PUT = "def put(to, x):\n    if hasattr(to, 'append'): to.append(x)\n    else: to[len(to)] = x\n"


@pytest.mark.parametrize("seed", range(60))
def test_what_is_shared_is_as_in_one_interpreter(seed: int) -> None:
    source = random.Random(seed)
    lines = list(statements(source, 30))
    head = PUT + SHOW
    alone = types.ModuleType("alone")
    exec(PROGRAM + head + "\n".join(lines), vars(alone))
    ends = [f"show({name}, {{}})" for name in NAMES]
    ends += ["show([a, b, c, d], {})", "show([boxes[0].held, boxes[1].held], {})"]
    expected = [eval(end, vars(alone)) for end in ends]
    checks = [f"assert {end} == {text!r}" for end, text in zip(ends, expected, strict=True)]
    asserts = {"test_code": head + "\n".join([*lines, *checks]), "entry_point": ""}
    result = judged(PROGRAM, {"asserts": asserts})
    assert result["failed"] == []
    assert result["passed"]

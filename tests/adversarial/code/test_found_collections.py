"""Collections of a program that compare as the library's abstract ones do."""

from __future__ import annotations

import pytest
from found_programs import suite
from proxy_pair import judged, suites_apart, tell_apart, told

BAG = """
from collections.abc import {base}
class Bag({base}):
    def __init__(self, items=()): self.held = {kind}(items)
    def __contains__(self, one): return one in self.held
    def __iter__(self): return iter(self.held)
    def __len__(self): return len(self.held)
    def __getitem__(self, key): return self.held[key]
    def __setitem__(self, key, value): self.held[key] = value
    def __delitem__(self, key): del self.held[key]
    def add(self, one): self.held[one] = None
    def discard(self, one): self.held.pop(one, None)
{more}
def make(items): return Bag(items)
"""
MAPPING = BAG.format(base="MutableMapping", kind="dict", more="")
SET = BAG.format(base="MutableSet", kind="dict.fromkeys", more="")
LIST = BAG.format(base="MutableSet", kind="list", more="")
OF_MAPPINGS = """
assert Bag({1: 2}) == {1: 2}
assert {1: 2} == make({1: 2})
assert make({1: 2}) != {1: 3}
assert [Bag({1: [2]})] == [{1: [2]}]
"""
OF_SETS = """
assert Bag("aab") == {"a", "b"}
assert frozenset("ab") == make("ba")
assert make("a") != {"a", "b"}
"""
OF_ORDERS = """
assert make("ab") <= {"a", "b", "c"} and {"a", "b"} >= Bag("ab")
assert Bag("abc") > {"a"} and not make("ab") < {"a", "b"}
"""
EQUAL = BAG.format(
    base="MutableMapping",
    kind="dict",
    more="    def __eq__(self, other): return self.held == dict(other)",
)
UNEQUAL = EQUAL.replace("dict(other)", "getattr(other, 'held', None)")
CASES = {
    "mappings that say to equal what they hold": (EQUAL, UNEQUAL, OF_MAPPINGS),
    "mappings": (MAPPING, MAPPING.replace("dict(items)", "{}"), OF_MAPPINGS),
    "sets": (SET, SET.replace("fromkeys(items)", "fromkeys(())"), OF_SETS),
    "orders of sets": (SET, SET.replace("fromkeys(items)", "fromkeys('xyz')"), OF_ORDERS),
    "sets that hold a member twice": (SET, LIST, OF_SETS),
}


@pytest.mark.parametrize("name", CASES)
def test_abstract_collections_are_compared_by_what_they_hold(name: str) -> None:
    tell_apart(*CASES[name])


SESSION = """
import pytest
from solution import Bag
@pytest.fixture
def filled(): return Bag({1: 2})
def test_it(filled): assert filled == {1: 2}
"""


def test_so_are_those_of_a_session() -> None:
    suites_apart("pytest", *CASES["mappings"][:2], SESSION)


OWN_RULES = {
    "of a mapping": BAG.format(
        base="MutableMapping",
        kind="dict",
        more="    def __iter__(self): return iter(())\n"
        "    def __eq__(self, other): return self.held == dict(other)",
    ),
    "of a sequence": BAG.format(
        base="Sequence",
        kind="dict",
        more="    def __eq__(self, other): return dict(self.held) == dict(other)",
    ),
}
OF_BUILT = "assert Bag({1: 2}) == {1: 2}\n"


@pytest.mark.parametrize("name", ["of a mapping", "of a sequence"])
@pytest.mark.parametrize("is_session", [False, True])
def test_a_rule_of_their_own_needs_one_interpreter(name: str, is_session: bool) -> None:
    program = OWN_RULES[name]
    if not is_session:
        assert told(program, OF_BUILT) == "tests_need_shared_interpreter"
        return
    assert judged(program, suite("pytest", SESSION))["needs_shared"]


@pytest.mark.parametrize("name", ["of a mapping", "of a sequence"])
def test_what_a_function_returns_has_no_rule_of_its_own(name: str) -> None:
    assert told(OWN_RULES[name], "assert make({1: 2}) == {1: 2}\n") == "wrong_answer"


ECHO = SET.replace("def add", "def __and__(self, other): return Bag(other)\n    def add")


def test_what_arithmetic_with_a_value_of_the_tests_gave_is_not_compared() -> None:
    tests = "assert Bag and make('x') & {'a', 'b'} == {'a', 'b'}\n"
    assert told(ECHO, tests) in ("wrong_answer", "runtime_error")

"""Searches in objects of a program, by tests that made them and by tests that were given them."""

from __future__ import annotations

import pytest
from found_programs import refused, suite
from proxy_pair import judged, tell_apart, told

SHARED = "tests_need_shared_interpreter"
LYING = """
class Bag:
    def __iter__(self): return iter([1])
    def __contains__(self, one): return {holds}
def f(x): return Bag()
"""
RETURNED = {
    "that holds everything": (LYING.format(holds="True"), "assert 3 in f(1)\n"),
    "that holds nothing": (LYING.format(holds="False"), "assert 1 not in f(1)\n"),
    "that cannot tell": (LYING.format(holds="one[0]"), "assert 3 in f(1)\n"),
    "of a class that tests name": (LYING.format(holds="True"), "assert Bag and 3 in f(1)\n"),
    "of a class by another method": (
        LYING.format(holds="True") + "class Maker:\n    def get(self): return Bag()\n",
        "assert 3 in Maker().get()\n",
    ),
}


@pytest.mark.parametrize("name", RETURNED)
def test_a_rule_of_what_was_returned_buys_nothing(name: str) -> None:
    program, tests = RETURNED[name]
    assert told(program, tests) == "wrong_answer"


@pytest.mark.parametrize("runner", ["pytest", "unittest"])
def test_nor_does_it_in_a_suite(runner: str) -> None:
    tests = """
import unittest
from solution import f
class T(unittest.TestCase):
    def test_it(self): self.assertIn(3, f(1))
"""
    refused(judged(LYING.format(holds="True"), suite(runner, tests)))


STOCK = """
class Item:
    def __init__(self, name): self.name = name
class Stock:
    def __init__(self): self.held = {{}}
    def add(self, item):
        {adds}
        return self
    def __iter__(self): return iter(self.held.values())
    def __contains__(self, one): return (one.name if isinstance(one, Item) else one) in self.held
def made(): return Stock().add(Item("a"))
"""
RIGHT = STOCK.format(adds="self.held[item.name] = item")
WRONG = STOCK.format(adds="pass")
BUILT = """
item = Item("a")
stock = Stock().add(item)
assert item in stock and Item("b") not in stock
"""


def test_what_tests_built_is_searched_for_objects_of_the_program() -> None:
    tell_apart(RIGHT, WRONG, BUILT)


SEARCHES = ("assert 'a' in stock\n", "assert 'b' not in stock\n")


@pytest.mark.parametrize("search", SEARCHES)
def test_what_its_method_gave_needs_one_interpreter(search: str) -> None:
    assert told(RIGHT, f"stock = Stock().add(Item('a'))\n{search}") == SHARED


def test_what_a_function_gave_does_not() -> None:
    assert told(RIGHT, "assert Stock and 'a' in made()\n") == "wrong_answer"


ERROR = """
class Invalid(Exception):
    def __init__(self, errors):
        super().__init__(errors)
        self.errors = errors
    def __iter__(self): return iter({given})
    def __contains__(self, name): return name in self.errors
def check(row): raise {raised}
"""
CAUGHT = """
try: check({})
except Invalid as error: caught = error
"""
OF_ITEMS = ERROR.format(given="self.errors.items()", raised="Invalid({'a': ['x']})")


@pytest.mark.parametrize("search", ["assert 'a' in caught\n", "assert 'b' not in caught\n"])
def test_a_caught_exception_needs_it_where_it_gives_other_than_it_holds(search: str) -> None:
    assert told(OF_ITEMS, CAUGHT + search) == SHARED


def test_other_exceptions_are_searched() -> None:
    right = ERROR.format(given="self.errors", raised="Invalid({'a': ['x']})")
    wrong = ERROR.format(given="self.errors", raised="Invalid({'b': ['x']})")
    tell_apart(right, wrong, CAUGHT + "assert 'a' in caught and 'b' not in caught\n")


def test_an_exception_that_no_test_names_buys_nothing() -> None:
    tests = CAUGHT.replace("Invalid", "Exception") + "assert 'a' in caught\n"
    assert told(OF_ITEMS, tests) == "wrong_answer"

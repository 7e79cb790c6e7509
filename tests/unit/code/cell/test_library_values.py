"""Values of libraries that do not cross by value: what the tests expect decides what becomes of them."""

from __future__ import annotations

import pytest
from proxy_pair import judged

CORRECT, WRONG = "tests_passed", "wrong_answer"
SHARED = "tests_need_shared_interpreter"
IMPORTS = "import argparse, decimal, fractions, io, ipaddress, logging, numpy as np\n"
RECORD = "np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])"

SERVED = {
    "masked arrays": ("np.ma.array(x, mask=[0, 1])", "f([1, 2]).sum() == 1"),
    "a matrix": ("np.matrix(x)", "np.array_equal(f([[1, 2]]), np.matrix([[1, 2]]))"),
    "a matrix for an array": ("np.matrix(x)", "np.array_equal(f([[1, 2]]), np.array([[1, 2]]))"),
    "a polynomial": ("np.poly1d(x)", "f([1, 2]) == np.poly1d([1, 2])"),
    "an array of objects": (
        "np.array([x, None], dtype=object)",
        "np.array_equal(f('a'), np.array(['a', None], dtype=object))",
    ),
    "an address": ("ipaddress.ip_address(x)", "f('::1') == ipaddress.ip_address('::1')"),
    "its class": ("ipaddress.ip_address(x)", "isinstance(f('::1'), ipaddress.IPv6Address)"),
    "a namespace": ("argparse.Namespace(a=x)", "f(1) == argparse.Namespace(a=1)"),
    "a logger": ("logging.getLogger(x)", "isinstance(f('a'), logging.Logger)"),
    "a subclass of Fraction": ("type('F', (fractions.Fraction,), {})(x)", "f(2) == 2"),
    "one of Decimal": ("type('D', (decimal.Decimal,), {})(x)", "f('1') == decimal.Decimal(1)"),
    "one that the tests made": ("x * 2", "f(type('F', (fractions.Fraction,), {})(1, 2)) == 1"),
}
"""What a solution returns, and an assertion that is right of it."""

WRONG_VALUES = {
    "another polynomial": ("np.poly1d([9])", "f([1, 2]) == np.poly1d([1, 2])"),
    "another matrix": ("np.matrix([[9, 9]])", "np.array_equal(f([[1, 2]]), np.matrix([[1, 2]]))"),
    "another address": ("ipaddress.ip_address('::2')", "f('::1') == ipaddress.ip_address('::1')"),
    "a crippled address": (
        "(lambda a: (delattr(a, '_ip'), a)[1])(ipaddress.ip_address(x))",
        "f('::1') == ipaddress.ip_address('::1')",
    ),
    "a matrix of another shape": (
        "np.matrix([[1, 2, 3]])",
        "(f(1) == np.matrix([[1, 2]])).all()",
    ),
    "no address": ("'::1'", "isinstance(f('::1'), ipaddress.IPv6Address)"),
    # What the tests expect crosses: nothing that is returned instead makes them need more.
    "records for a number": (RECORD, "f(1) == 5"),
    "records for an array": (RECORD, "(f(1) == np.array([1])).all()"),
    "a stream for text": ("io.StringIO(x)", "f('a') == 'a'"),
    "a logger for a list": ("logging.getLogger()", "f('a') == ['a']"),
    "a number for records": ("5", f"(f(1) == {RECORD}).all()"),
}

LIARS = {
    "a polynomial": ("numpy", "poly1d", "f([1, 2]) == np.poly1d([1, 2])"),
    "a matrix": ("numpy", "matrix", "np.array_equal(f([[1, 2]]), np.matrix([[1, 2]]))"),
    "a date": ("datetime", "date", "f(1) == __import__('datetime').date(2000, 1, 1)"),
    "a class of the tests": ("__tests__", "Own", "f(1) == Own()"),
    "an anything": ("unittest.mock", "_ANY", "f(1) == 3"),
    "an array": ("numpy", "ndarray", "np.array_equal(f([1]), np.array([1]))"),
}
LIAR = """
class Always:
    __module__, __qualname__ = {module!r}, {name!r}
    coeffs = order = property(lambda self: self)
    __eq__ = __ge__ = __le__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = None
    __getattr__ = lambda self, key: self
    __iter__ = lambda self: iter([self])
    __bool__ = lambda self: True
    __array__ = lambda self, *_, **__: self
    __array_ufunc__ = lambda self, *_, **__: True
    __array_priority__ = 10**9
    def all(self): return True
def f(x): return Always()
"""


def outcome(program: str, assertion: str) -> str:
    tests = f"{IMPORTS}\nclass Own: pass\nassert {assertion}\n"
    result = judged(program, {"pure": False, "asserts": {"test_code": tests, "entry_point": ""}})
    return str(result["reason"])


def returning(value: str) -> str:
    return f"{IMPORTS}\ndef f(x):\n    return {value}\n"


@pytest.mark.parametrize(("value", "assertion"), SERVED.values(), ids=SERVED)
def test_what_can_be_compared_is(value: str, assertion: str) -> None:
    assert outcome(returning(value), assertion) == CORRECT


@pytest.mark.parametrize(("value", "assertion"), WRONG_VALUES.values(), ids=WRONG_VALUES)
def test_what_is_wrong_stays_wrong(value: str, assertion: str) -> None:
    assert outcome(returning(value), assertion) == WRONG


@pytest.mark.parametrize("value", [RECORD, RECORD.replace("1", "7")], ids=["right", "wrong"])
def test_tests_that_expect_what_cannot_be_compared_need_more(value: str) -> None:
    assert outcome(returning(value), f"(f(1) == {RECORD}).all()") == SHARED


@pytest.mark.parametrize(("module", "name", "assertion"), LIARS.values(), ids=LIARS)
def test_who_lies_about_a_class_wins_nothing(module: str, name: str, assertion: str) -> None:
    found = outcome(LIAR.format(module=module, name=name), assertion)
    assert found in (WRONG, "runtime_error")

"""States of the interpreter that either side sets: limits, and the context of decimals."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart, told

_DEEP = "def depth(n): return 0 if n == 0 else 1 + depth(n - 1)"
_ROOT = "import decimal\ndef root(): return decimal.Decimal(2).sqrt()\n"
CASES = {
    "a lower limit of recursion": (
        "def depth(n): return n",
        _DEEP,
        "import sys\nsys.setrecursionlimit(150)\nassert depth(400) == 400\n",
    ),
    "which is to be met": (
        _DEEP,
        "def depth(n): return n",
        """
import sys
sys.setrecursionlimit(150)
try:
    depth(400)
except RecursionError:
    pass
else:
    raise AssertionError
assert depth(20) == 20
""",
    ),
    "more digits, by the program": (
        "import sys\nsys.set_int_max_str_digits(0)\ndef power(n): return 10 ** n",
        "def power(n): return 10 ** n",
        "import os\nassert len(str(power(5000))) == 5001\n",
    ),
    "more digits, by the tests": (
        "def power(n): return str(10 ** n)",
        "def power(n): return '1' + '0' * 10",
        "import sys\nsys.set_int_max_str_digits(0)\nassert len(power(5000)) == 5001\n",
    ),
    "a finer context of decimals is that of both": (
        f"{_ROOT}decimal.getcontext().prec = 50\n",
        f"{_ROOT}decimal.getcontext().prec = 30\n",
        """
from decimal import Decimal, getcontext, localcontext
assert abs(root() ** 2 - 2) < Decimal("1e-45")
assert root() == Decimal(2).sqrt()
assert getcontext().prec == 50
with localcontext() as context:
    context.prec = 5
    assert str(root()) == "1.4142"
assert len(str(root())) == 51
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_both_pass_and_fail_as_they_would(name: str) -> None:
    tell_apart(*CASES[name])


_COARSE = """
from decimal import Decimal, getcontext
def third():
    getcontext().prec = 5
    return Decimal(1) / 3
"""


def test_tests_that_calculate_in_a_coarser_context_need_it_unless_they_fail() -> None:
    start = "from decimal import Decimal\nassert str(third()) == '0.33333'\n"
    assert told(_COARSE, start) == "tests_passed"
    assert told(_COARSE, f"{start}assert Decimal(1) / 3 == third()\n") == "wrong_answer"
    assert (
        told(_COARSE, f"{start}assert len(str(Decimal(1) / 3)) > 20\n")
        == "tests_need_shared_interpreter"
    )

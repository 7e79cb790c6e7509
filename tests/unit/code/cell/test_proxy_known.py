"""Functions of the interpreter that a program gives are the very functions."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart

CASES = {
    "of math": (
        """
import math
def get(n): return getattr(math,n)
""",
        """
import math
def get(n): return math.cos
""",
        """
import math
assert get('sqrt') is math.sqrt
""",
    ),
    "in a table": (
        """
import operator
OPS={'+':operator.add,'-':operator.sub}
""",
        """
import operator
OPS={'+':operator.add,'-':operator.mul}
""",
        """
import operator
assert OPS=={'+':operator.add,'-':operator.sub}
""",
    ),
    "called": (
        """
import operator
OPS={'+':operator.add,'-':operator.sub}
""",
        """
import operator
OPS={'+':operator.add,'-':operator.mul}
""",
        """
import operator
assert OPS['-'] is operator.sub
assert OPS['-'](3,1)==2
""",
    ),
    "builtins": (
        """
def get(n): return {'len':len,'sorted':sorted}[n]
""",
        """
def get(n): return {'len':sum,'sorted':sorted}[n]
""",
        """
assert get('len') is len
""",
    ),
    "of arrays": (
        """
import numpy as np
def get(): return np.sin
""",
        """
import numpy as np
def get(): return np.cos
""",
        """
import numpy as np
assert get() is np.sin
""",
    ),
    "a module": (
        """
import math
def get(): return math
""",
        """
import cmath
def get(): return cmath
""",
        """
import math
assert get() is math
""",
    ),
    "a class": (
        """
import collections, datetime
def get(): return collections.OrderedDict
""",
        """
def get(): return dict
""",
        """
import collections
assert get() is collections.OrderedDict
""",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "tests"), CASES.values(), ids=CASES)
def test_the_right_program_passes_and_the_wrong_one_fails(
    right: str, wrong: str, tests: str
) -> None:
    tell_apart(right, wrong, tests)

"""The program's module, as a dict and patched by the tests."""

from __future__ import annotations

import pytest
from proxy_pair import judged, suites_apart

RIGHT = """
TABLE={'a':1}
X=1
def get(): return X
def tab(): return TABLE.get('b')
class K:
    z=1
"""
WRONG = """
X=1
TABLE={}
def get(): return 1
def tab(): return 0
class K:
    z=1
"""
TESTS = {
    "patch.dict module dict": """
from unittest.mock import patch
import solution
def test_a():
    with patch.dict(solution.__dict__,{'X':5}):
        assert solution.get()==5
    assert solution.get()==1
""",
    "patch.dict module dict kw": """
from unittest.mock import patch
import solution
def test_a():
    with patch.dict(solution.__dict__,X=5):
        assert solution.get()==5
    assert solution.get()==1
""",
    "patch.dict table": """
from unittest.mock import patch
import solution
def test_a():
    with patch.dict(solution.TABLE,b=5):
        assert solution.tab()==5
    assert solution.tab() is None
""",
    "patch.dict name": """
from unittest.mock import patch
import solution
def test_a():
    with patch.dict('solution.TABLE',{'b':5},clear=True):
        assert solution.tab()==5 and 'a' not in solution.TABLE
    assert solution.tab() is None
""",
    "set module dict": """
import solution
def test_a():
    solution.__dict__['X']=5
    assert solution.get()==5
""",
    "vars module": """
import solution
def test_a():
    vars(solution)['X']=5
    assert solution.get()==5
""",
    "vars module read": """
import solution
def test_a():
    assert vars(solution)['TABLE']=={'a':1} and 'get' in vars(solution)
""",
    "vars list": """
import solution,types
def test_a():
    fs={n for n,v in vars(solution).items() if callable(v) and not n.startswith('_')}
    assert fs=={'get','tab','K'}
    assert solution.TABLE
""",
    "inspect getmembers": """
import solution,inspect
def test_a():
    fs={n for n,v in inspect.getmembers(solution,inspect.isfunction)}
    assert fs=={'get','tab'}
    assert solution.TABLE
""",
    "globals update": """
import solution
def test_a():
    solution.__dict__.update(X=7)
    assert solution.get()==7
""",
    "patch.multiple": """
from unittest.mock import patch
import solution
def test_a():
    with patch.multiple(solution,X=5):
        assert solution.get()==5
    assert solution.get()==1
""",
    "monkeypatch setitem dict": """
import solution
def test_a(monkeypatch):
    monkeypatch.setitem(solution.__dict__,'X',5)
    assert solution.get()==5
""",
    "monkeypatch delattr": """
import solution,pytest
def test_a(monkeypatch):
    monkeypatch.delattr(solution,'X')
    with pytest.raises(NameError): solution.get()
""",
}


@pytest.mark.parametrize("tests", TESTS.values(), ids=TESTS)
def test_the_right_program_passes_and_the_wrong_one_fails(tests: str) -> None:
    suite = [{"path": "test_it.py", "content": tests}]
    request = {"files": {"files": suite, "solution_path": "solution.py", "runner": "pytest"}}
    assert judged(RIGHT, request)["reason"] == "tests_passed"
    assert judged(WRONG, request)["reason"] in ("wrong_answer", "runtime_error")


LAZY = """
__all__ = ["a"]
a, b, _c = 1, 2, 3
def __getattr__(name):
    if name == "z": return 5
    if name == "bad": raise ValueError(name)
    raise AttributeError(name)
"""
BY_MODULES = {
    "a module that makes names": (
        LAZY,
        """
import pytest, solution
from unittest import mock
from solution import z
def test_a():
    assert (z, solution.z, getattr(solution, "q", 7)) == (5, 5, 7) and not hasattr(solution, "r")
    with pytest.raises(ValueError): solution.bad
    with pytest.raises(ImportError):
        from solution import nope
    with mock.patch.object(solution, "z", 6): assert solution.z == 6
    assert solution.z == 5
""",
    ),
    "what a module has beside __all__": (
        "__all__ = ['a']\na, b, _c = 1, 2, 3\n",
        """
import solution
def test_a(): assert [one for one in dir(solution) if one[:2] != "__"] == ["_c", "a", "b"]
""",
    ),
    "a module that lists itself": (
        "def __dir__(): return ['x', 'y']\n",
        "import solution\ndef test_a(): assert dir(solution) == ['x', 'y']\n",
    ),
    "a module of a class of its own": (
        (
            "import sys, types\nclass Kind(types.ModuleType):\n    @property\n    def z(self): return 5\n"
            "sys.modules[__name__].__class__ = Kind\n"
        ),
        "import solution\ndef test_a(): assert solution.z == 5\n",
    ),
    "an object in the place of the module": (
        "import sys\nclass Kind:\n    z = 5\nsys.modules[__name__] = Kind()\n",
        "import solution\ndef test_a(): assert solution.z == 5\n",
    ),
    "objects that are given a class": (
        "class P:\n    def n(self): return 1\nclass Q:\n    def n(self): return 2\n",
        """
from solution import P, Q
def test_a():
    p = P()
    p.__class__ = Q
    assert p.n() == 2 and type(p) is Q and not isinstance(p, P)
""",
    ),
}


@pytest.mark.parametrize("name", BY_MODULES)
def test_modules_and_classes_are_what_the_program_makes_of_them(name: str) -> None:
    program, tests = BY_MODULES[name]
    told = {"path": "test_it.py", "content": tests}
    files = {"files": [told], "solution_path": "solution.py", "runner": "pytest"}
    result = judged(program, {"files": files})
    assert result["passed"], result


def test_what_stands_for_a_module_has_none_of_its_names() -> None:
    program = (
        "import sys\ndef f(): return 2\nclass M:\n    z = 5\n    %s\nsys.modules[__name__] = M()\n"
    )
    tests = (
        "import solution\ndef test_it():\n    assert solution.z == 5 and hasattr(solution, 'f')\n"
    )
    suites_apart("pytest", program % "f = staticmethod(f)", program % "pass", tests)

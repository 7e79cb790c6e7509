"""The program's module, as a dict and patched by the tests."""

from __future__ import annotations

import pytest
from proxy_pair import judged

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

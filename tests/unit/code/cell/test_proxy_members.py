"""Members of the standard library's enumerations: on each side its own, whoever gave them."""

from __future__ import annotations

import pytest
from found_programs import suite
from proxy_pair import judged, tell_apart, told

CASES = {
    "given by the program": (
        """
import re, signal, uuid
from http import HTTPStatus
def parse(text): return HTTPStatus(int(text))
def flags(): return re.IGNORECASE
def both(): return re.IGNORECASE | re.MULTILINE
def kill(): return signal.Signals(9)
def safe(): return [uuid.SafeUUID.safe]
class Failed(Exception):
    def __init__(self, status): self.status = HTTPStatus(status)
""",
        """
import re, signal, uuid
def parse(text): return int(text)
def flags(): return 2
def both(): return 10
def kill(): return 9
def safe(): return [0]
class Failed(Exception):
    def __init__(self, status): self.status = status
""",
        """
import re, signal, uuid
from http import HTTPStatus
assert parse("404") is HTTPStatus.NOT_FOUND
assert parse("404").phrase == "Not Found" and type(parse("404")) is HTTPStatus
assert flags() is re.IGNORECASE and both() is re.IGNORECASE | re.MULTILINE
assert kill() is signal.SIGKILL
assert safe()[0] is uuid.SafeUUID.safe
assert Failed(404).status is HTTPStatus.NOT_FOUND
assert {HTTPStatus.OK: 1}[parse("200")] == 1
""",
    ),
    "given by the tests": (
        """
import inspect
from http import HTTPStatus
def text(status): return f"{status.value} {status.phrase}"
def is_error(status): return status is HTTPStatus.NOT_FOUND
def again(status): return status
def by(rows): return rows[HTTPStatus.OK]
def named(kind): return kind is inspect.Parameter.KEYWORD_ONLY
""",
        """
def text(status): return str(status)
def is_error(status): return False
def again(status): return int(status)
def by(rows): return None
def named(kind): return None
""",
        """
import inspect
from http import HTTPStatus
assert is_error(HTTPStatus.NOT_FOUND) and not is_error(HTTPStatus.OK)
assert text(HTTPStatus.NOT_FOUND) == "404 Not Found"
assert again(HTTPStatus.OK) is HTTPStatus.OK
assert by({HTTPStatus.OK: 7}) == 7
assert named(inspect.Parameter.KEYWORD_ONLY)
""",
    ),
    "an enumeration that the program gives": (
        "from http import HTTPStatus\ndef kind(): return HTTPStatus\n",
        "from http import HTTPStatus\ndef kind(): return HTTPStatus.OK\n",
        """
import http
assert kind() is http.HTTPStatus
assert isinstance(kind().OK, http.HTTPStatus) and isinstance(http.HTTPStatus.OK, kind())
assert list(kind()) == list(http.HTTPStatus)
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_members_are_themselves(name: str) -> None:
    tell_apart(*CASES[name])


def test_tests_take_an_enumeration_from_the_program() -> None:
    program = "from http import HTTPStatus\ndef f(code): return HTTPStatus({})\n"
    tests = """
from solution import *
def test_it():
    assert f(404) is HTTPStatus.NOT_FOUND and isinstance(f(200), HTTPStatus)
"""
    assert judged(program.format("code"), suite("pytest", tests))["passed"]
    assert not judged(program.format("200"), suite("pytest", tests))["passed"]


def test_tests_that_have_no_such_module_use_a_member_as_an_object() -> None:
    program = "import plistlib\ndef f(): return plistlib.PlistFormat.FMT_XML\n"
    assert told(program, "assert f().name == 'FMT_XML' and f() == f()\n") == "tests_passed"


@pytest.mark.parametrize("kind", ["IntEnum", "Enum"])
def test_a_class_that_says_to_be_one_of_the_library_is_none(kind: str) -> None:
    program = f"""
from enum import {kind}
class HTTPStatus({kind}):
    __module__ = "http"
    NOT_FOUND = 404
def f(code): return HTTPStatus.NOT_FOUND
"""
    tests = "from http import HTTPStatus\nassert f(1) is HTTPStatus.NOT_FOUND\n"
    assert told(program, tests) == "wrong_answer"


def test_members_of_the_tests_own_are_no_library_ones() -> None:
    program = "def f(x): return x\n"
    tests = """
from enum import Enum
class HTTPStatus(Enum):
    NOT_FOUND = 404
assert f(HTTPStatus.NOT_FOUND) is HTTPStatus.NOT_FOUND
"""
    assert told(program, tests) == "tests_passed"

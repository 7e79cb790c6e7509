"""What a program, or its tests, make of its classes, functions and objects after the tests met them."""

from __future__ import annotations

import pytest
from proxy_pair import tell_apart, told

_MEETS = "p = P()\nassert not hasattr(p, '__len__') and p != P()\nchange()\n"


@pytest.mark.parametrize(
    ("right", "check"),
    [
        ("P.__len__ = lambda self: 3", "assert len(p) == 3"),
        ("setattr(P, '__len__', lambda self: 3)", "assert len(p) == 3"),
        ("P.__eq__ = lambda self, other: isinstance(other, P)", "assert p == P() and {p}"),
        ("del P.go", "assert not hasattr(p, 'go')"),
        ("P.go = 5", "assert p.go == 5 and P.go == 5"),
        ("P.__name__ = 'Q'", "assert P.__name__ == 'Q'"),
        ("P.__qualname__ = 'a.Q'", "assert P.__qualname__ == 'a.Q'"),
        ("P.__doc__ = 'A point.'", "assert P.__doc__ == 'A point.'"),
        ("P.__bases__ = (B,)", "assert isinstance(p, B) and not isinstance(p, A) and p.b() == 2"),
        ("P.__hash__ = None", "try:\n    hash(p)\n    assert 0\nexcept TypeError:\n    pass"),
    ],
)
def test_a_class_is_what_the_program_has_made_of_it(right: str, check: str) -> None:
    program = (
        "class A: pass\nclass B:\n    def b(self): return 2\n"
        "class P(A):\n    def go(self): return 1\n"
        "def change(): %s\n"
    )
    tell_apart(program % right, program % "pass", f"{_MEETS}{check}\n")


def test_what_derives_from_a_changed_class_has_changed() -> None:
    program = "class A: pass\nclass P(A): pass\ndef change(): %s\n"
    tell_apart(
        program % "A.__len__ = lambda self: 3", program % "pass", f"{_MEETS}assert len(p) == 3\n"
    )


def test_a_decorator_of_the_program_adds_what_the_tests_define() -> None:
    program = (
        "class P: pass\n"
        "def method(kind):\n    def add(f):\n        %s\n        return f\n    return add\n"
    )
    tests = (
        "p = P()\n"
        "@method(P)\ndef __len__(self): return 4\n"
        "@method(P)\ndef hello(self): return 'hi'\n"
        "assert (len(p), p.hello()) == (4, 'hi')\n"
    )
    tell_apart(program % "setattr(kind, f.__name__, f)", program % "pass", tests)


def test_a_class_is_what_the_tests_have_made_of_it() -> None:
    program = "class P:\n    def __init__(self): self.x = 1\n"
    tests = (
        "p = P()\n"
        "P.__len__ = lambda self: self.x + 2\n"
        "assert len(p) == 3\n"
        "f = lambda self: 5\n"
        "P.go = f\n"
        "assert P.go is f and p.go() == 5\n"
        "del P.__len__\n"
        "assert not hasattr(p, '__len__')\n"
    )
    assert told(program, tests) == "tests_passed"


def test_an_object_is_of_the_class_that_it_gives_itself() -> None:
    program = (
        "class P:\n    def go(self): %s\nclass Q(P):\n    def __len__(self): return 2\n"
        "def of(p): return p.__class__.__name__\n"
    )
    tests = "p = P()\np.go()\nassert type(p) is Q and len(p) == 2 and of(p) == 'Q'\n"
    tell_apart(program % "self.__class__ = Q", program % "pass", tests)


@pytest.mark.parametrize("name", ["__name__", "__qualname__", "__doc__", "__module__"])
def test_a_function_is_named_as_the_program_names_it_by_now(name: str) -> None:
    program = "def f(): 'doc'\ndef change(): %s\n"
    tests = f"assert f.__doc__ == 'doc'\nchange()\nassert f.{name} == 'other'\n"
    tell_apart(program % f"f.{name} = 'other'", program % "pass", tests)


def test_the_subclasses_are_all_of_them() -> None:
    program = "class P: pass\nclass Q(P): pass\nclass R(%s): pass\n"
    tests = "assert [one.__name__ for one in P.__subclasses__()] == ['Q']\n"
    tell_apart(program % "Q", program % "P", tests)


@pytest.mark.parametrize("head", ["P", "P(str)"])
def test_what_says_to_have_no_hash_has_none(head: str) -> None:
    program = f"class {head}:\n    %s\n"
    tests = "try:\n    hash(P())\n    assert 0\nexcept TypeError:\n    pass\n"
    tell_apart(program % "__hash__ = None", program % "pass", tests)


@pytest.mark.parametrize("of", ["P", "P()"])
@pytest.mark.parametrize(
    ("name", "value"),
    [("__name__", "go"), ("__qualname__", "P.go"), ("__doc__", "doc"), ("__module__", "solution")],
)
def test_a_method_is_named_as_what_its_decorator_made(of: str, name: str, value: str) -> None:
    program = (
        "import functools\n"
        "def deco(f):\n    %s\n    def wrapper(*given): return f(*given)\n"
        "    wrapper.__module__ = f.__module__ if %r else 'other'\n    return wrapper\n"
        "class P:\n    @deco\n    def go(self): 'doc'\n"
    )
    tests = f"assert {of}.go.{name} == {value!r}\n"
    tell_apart(program % ("@functools.wraps(f)", True), program % ("", False), tests)


def test_the_tests_name_and_document_a_function() -> None:
    tests = (
        "f.__doc__, f.__name__, f.extra = 'other', 'g', 5\n"
        "assert (f.__doc__, f.__name__, f.extra, f.__dict__) == ('other', 'g', 5, {'extra': 5})\n"
        "assert name() == 'g'\n"
    )
    program = "def f(): 'doc'\ndef name(): return %s\n"
    tell_apart(program % "f.__name__", program % "'f'", tests)


@pytest.mark.parametrize(("name", "value"), [("__name__", "'h'"), ("__doc__", "'h'")])
def test_the_program_names_and_documents_a_function_of_the_tests(name: str, value: str) -> None:
    program = "def deco(f):\n    %s\n    return f\n"
    tests = f"def g(): 'doc'\nassert deco(g) is g and g.{name} == {value}\n"
    tell_apart(program % f"f.{name} = {value}", program % "pass", tests)


def test_methods_are_equal_as_their_objects_are_the_same() -> None:
    program = (
        "class P:\n    def go(self): pass\n"
        "class Q:\n    def __init__(self): self.all = []\n"
        "    def add(self, one): self.all.append(%s)\n"
    )
    tests = (
        "p, q = P(), Q()\nq.add(p.go)\n"
        "assert q.all[0] == p.go and p.go in q.all and p.go.__func__ == P.go\n"
    )
    tell_apart(program % "one", program % "P().go", tests)


def test_an_attribute_of_one_object_stands_before_a_method() -> None:
    program = (
        "class P:\n    def __init__(self): self.total = 3\n    def total(self): return 1\n"
        "    def go(self): return 1\n    def end(self): %s\n"
    )
    tests = (
        "p = P()\nassert (p.total, p.go()) == (3, 1)\n"
        "p.end()\nassert p.go is None and P().go() == 1\n"
    )
    tell_apart(program % "self.go = None", program % "pass", tests)


def test_the_signature_of_a_decorated_function_is_that_of_the_function() -> None:
    program = (
        "import functools\n"
        "def deco(f):\n    %s\n    def wrapper(*given): return f(*given)\n    return wrapper\n"
    )
    tests = (
        "import inspect\n"
        "def g(a, b=1, *, c=[2]): return a + b\n"
        "assert inspect.signature(deco(g)) == inspect.signature(g) and deco(g)(1) == 2\n"
    )
    tell_apart(program % "@functools.wraps(f)", program % "", tests)


@pytest.mark.parametrize("call", ["object.__setattr__(p, 'x', 4)", "type.__setattr__(P, 'x', 4)"])
def test_what_is_set_past_a_class_needs_one_interpreter(call: str) -> None:
    program = "class P:\n    x = 1\n    def get(self): return self.x\n"
    tests = f"p = P()\n{call}\nassert p.get() == 4\n"
    assert told(program, tests) == "tests_need_shared_interpreter"


def test_the_tests_set_attributes_of_their_own_objects_past_their_class() -> None:
    program = "def get(one): return one.x\n"
    tests = (
        "class Own:\n    def __setattr__(self, name, value): raise AttributeError\n"
        "    def __init__(self): object.__setattr__(self, 'x', 4)\n"
        "assert get(Own()) == 4\n"
    )
    assert told(program, tests) == "tests_passed"

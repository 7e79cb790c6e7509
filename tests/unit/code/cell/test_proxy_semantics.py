"""What tests may do with a solution in another process, as if it were in theirs."""

from __future__ import annotations

from proxy_pair import judged

PROGRAM = '''
import collections, dataclasses, enum, functools, sys, os, asyncio, random, re, time

class Stack:
    """A stack."""
    kind = "stack"
    def __init__(self, items=()):
        self.items = list(items)
        self._log = {}
    def push(self, x):
        self.items.append(x)
        return self
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __contains__(self, x): return x in self.items
    def __getitem__(self, i): return self.items[i]
    def __repr__(self): return f"Stack({self.items})"
    def __eq__(self, other): return isinstance(other, Stack) and self.items == other.items
    def __hash__(self): return hash(tuple(self.items))
    def __enter__(self): return self
    def __exit__(self, kind, error, trace): return kind is KeyError
    @classmethod
    def of(cls, *items): return cls(items)
    @staticmethod
    def zero(): return 0
    @property
    def top(self): return self.items[-1]

@functools.total_ordering
class Money:
    def __init__(self, n): self.n = n
    def __add__(self, other): return Money(self.n + getattr(other, "n", other))
    __radd__ = __add__
    def __eq__(self, other): return self.n == other.n
    def __lt__(self, other): return self.n < other.n
    def __hash__(self): return hash(self.n)
    def __float__(self): return float(self.n)

class Oops(ValueError):
    def __init__(self, message, code):
        super().__init__(message)
        self.code = code

class Color(enum.Enum):
    RED = 1
    BLUE = 2

class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2

@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0

Pair = collections.namedtuple("Pair", "a b")
class Items(list):
    def total(self): return sum(self)
class Name(str): pass
LIMIT = 5
TABLE = {"a": [1]}

def fail(code=3): raise Oops("bad thing", code)
def chain():
    try: {}["x"]
    except KeyError as e: raise RuntimeError("outer") from e
def pair(): return Pair(1, 2)
def items(): return Items([1, 2, 3])
def name(): return Name("ab")
def level(): return Level.HIGH
def sort(xs): xs.sort()
def same(xs): return xs
def nested(xs): xs[0].append(9)
def put(d): d["k"] = 1
def count(n):
    for i in range(n): yield i
def echo():
    got = yield 1
    while True: got = yield got
async def later(x):
    await asyncio.sleep(0)
    return x * 2
async def ticks():
    for i in range(3): yield i
def hello(): print("hello"); print("oops", file=sys.stderr)
def apply(f, *xs): return f(*xs)
def each(xs): return [x for x in xs]
def ask(): return input()
def lines(): return [line.strip() for line in sys.stdin]
def roll(): return random.randint(1, 6)
def wait(): time.sleep(100); return time.time()
def save(path, text): open(path, "w").write(text)
def read(path): return open(path).read()
def home(): return os.environ.get("HOME_OF")
def adder(n):
    def add(x): return x + n
    return add
def big(): return 10 ** 5000
def keys(): return {"a": 1}.keys()
def compiled(): return re.compile("a")
def default(a, b=2, *args, c=3, **kw): return a
@functools.lru_cache
def cached(n): return n
def call_read(f): return f.read(3) + f.readline()
def close(f):
    with f as g: return g.x
def boom(f):
    try: f()
    except LookupError as e: return type(e).__name__
def kind_of(x): return type(x).__name__
def fields(p): return p.a + p.b
def decode(text):
    import json
    return json.loads(text)
def divide():
    import decimal
    return decimal.Decimal(1) / 0
import logging, warnings, abc
def noisy():
    logging.getLogger("x").warning("careful %s", 1)
    warnings.warn("old", DeprecationWarning)
class Plug(abc.ABC):
    @abc.abstractmethod
    def go(self): ...
class Map(collections.abc.Mapping):
    def __getitem__(self, k): return {"a": 1}[k]
    def __iter__(self): return iter("a")
    def __len__(self): return 1
def bump(): bump.n += 1
bump.n = 0
seen = []
def see(x): seen.append(x)
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
class Tree(list): pass
def tree(): return Tree([Tree([1]), Tree()])
def stats(d): d["n"] += 1; return d
'''

# One line a check; each runs in a test method of its own, `s` being the program's module.
CHECKS = [
    "self.assertEqual(s.LIMIT, 5)",
    "self.assertFalse(hasattr(s, 'nothing'))",
    "self.assertEqual(s.TABLE, {'a': [1]})",
    "self.assertEqual(len(s.Stack([1, 2])), 2)",
    "self.assertEqual(list(s.Stack([1, 2])), [1, 2])",
    "self.assertIn(2, s.Stack([1, 2])); self.assertNotIn(3, s.Stack([1, 2]))",
    "self.assertEqual(s.Stack.of(1, 2)[1], 2); self.assertEqual(s.Stack.zero(), 0)",
    "self.assertEqual(repr(s.Stack([1])), 'Stack([1])'); self.assertEqual(f'{s.Stack()}', 'Stack([])')",
    "self.assertEqual(s.Stack([1]), s.Stack([1])); self.assertNotEqual(s.Stack([1]), s.Stack([2]))",
    "self.assertEqual({s.Stack([1]): 2}[s.Stack([1])], 2)",
    "self.assertEqual(s.Stack([1]).push(2).push(3).top, 3)",
    "st = s.Stack(); self.assertIs(st.push(1), st)",
    "st = s.Stack(); st.items.append(4); st.items.append(5); self.assertEqual(st.top, 5)",
    "st = s.Stack(); items = st.items; st.push(1); self.assertEqual(items, [1])",
    "st = s.Stack([3]); self.assertIs(st.items, st.items)",
    "st = s.Stack(); st.items = [7]; self.assertEqual(st.top, 7); del st.items; self.assertFalse(hasattr(st, 'items'))",
    "self.assertTrue(s.Stack([1])); self.assertFalse(s.Stack())",
    "self.assertIsInstance(s.Stack(), s.Stack); self.assertIs(type(s.Stack()), s.Stack)",
    "self.assertEqual(s.Stack.__name__, 'Stack'); self.assertEqual(s.Stack.__doc__, 'A stack.')",
    "self.assertEqual(s.Stack.kind, 'stack'); self.assertTrue(callable(s.Stack)); self.assertFalse(callable(s.Stack()))",
    "\nwith s.Stack([1]) as st:\n    self.assertEqual(st.top, 1)\n    raise KeyError",
    "self.assertEqual(s.Stack([1]).__dict__, {'items': [1], '_log': {}})",
    "import copy; a = s.Stack([1]); b = copy.deepcopy(a); b.push(2); self.assertEqual(len(a), 1)",
    "self.assertTrue(s.Money(1) < s.Money(2)); self.assertEqual(sorted([s.Money(2), s.Money(1)])[0], s.Money(1))",
    "self.assertEqual(s.Money(1) + s.Money(2), s.Money(3)); self.assertEqual(sum([s.Money(1), s.Money(2)]), s.Money(3))",
    "self.assertEqual(float(s.Money(2)), 2.0); self.assertAlmostEqual(float(s.Money(2) + 1), 3.0)",
    "\nwith self.assertRaises(s.Oops) as c:\n    s.fail(7)\nself.assertEqual((c.exception.code, str(c.exception), c.exception.args), (7, 'bad thing', ('bad thing',)))",
    "\nwith self.assertRaisesRegex(ValueError, 'bad'):\n    s.fail()",
    "\ntry:\n    s.fail()\nexcept s.Oops as e:\n    self.assertIsInstance(e, ValueError)",
    "\nwith self.assertRaises(RuntimeError) as c:\n    s.chain()\nself.assertIsInstance(c.exception.__cause__, KeyError)",
    "\nwith self.assertRaises(TypeError):\n    s.sort()",
    "\nwith self.assertRaises(s.Oops):\n    raise s.Oops('x', 1)",
    "self.assertEqual(s.Color.RED.value, 1); self.assertIs(s.Color(1), s.Color.RED); self.assertIs(s.Color['BLUE'], s.Color.BLUE)",
    "self.assertEqual([c.name for c in s.Color], ['RED', 'BLUE']); self.assertEqual(len(s.Color), 2)",
    "self.assertIn(s.Color.RED, s.Color); self.assertNotEqual(s.Color.RED, s.Color.BLUE)",
    "self.assertEqual(s.level(), 2); self.assertEqual(s.level(), s.Level.HIGH); self.assertEqual(s.level() + 1, 3)",
    "self.assertEqual(s.Point(1, 2), s.Point(1, 2)); self.assertLess(s.Point(1), s.Point(2)); self.assertEqual(s.Point(1).y, 0)",
    "import dataclasses; self.assertEqual(dataclasses.asdict(s.Point(1, 2)), {'x': 1, 'y': 2})",
    "self.assertEqual(repr(s.Point(1, 2)), 'Point(x=1, y=2)')",
    "self.assertEqual(s.pair(), (1, 2)); self.assertEqual(s.pair().b, 2); a, b = s.pair(); self.assertEqual(a, 1)",
    "self.assertIsInstance(s.items(), list); self.assertEqual(s.items(), [1, 2, 3]); self.assertEqual(s.items().total(), 6)",
    "x = s.items(); x.append(4); self.assertEqual(x.total(), 10); self.assertEqual(x[-1], 4)",
    "self.assertIsInstance(s.name(), str); self.assertEqual(s.name().upper(), 'AB'); self.assertEqual('x' + s.name(), 'xab')",
    "xs = [3, 1, 2]; s.sort(xs); self.assertEqual(xs, [1, 2, 3])",
    "xs = [1]; self.assertIs(s.same(xs), xs); self.assertIsNot(s.same([1]), xs)",
    "inner = []; s.nested([inner]); self.assertEqual(inner, [9])",
    "d = {}; s.put(d); self.assertEqual(d, {'k': 1})",
    "import collections; d = collections.Counter(n=1); self.assertEqual(s.stats(d)['n'], 2); self.assertEqual(d, {'n': 2})",
    "import types; g = s.count(3); self.assertIsInstance(g, types.GeneratorType); self.assertEqual(list(g), [0, 1, 2])",
    "import itertools; self.assertEqual(list(itertools.islice(s.count(10**9), 2)), [0, 1])",
    "g = s.echo(); next(g); self.assertEqual(g.send(5), 5); g.close()",
    "import asyncio; self.assertEqual(asyncio.run(s.later(4)), 8)",
    "\nimport asyncio\nasync def main():\n    return [x async for x in s.ticks()]\nself.assertEqual(asyncio.run(main()), [0, 1, 2])",
    "\nimport contextlib, io\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    s.hello()\nself.assertEqual(out.getvalue(), 'hello\\n')",
    "self.assertEqual(s.apply(lambda a, b: a + b, 1, 2), 3); self.assertEqual(s.apply(max, 1, 2), 2)",
    "import operator; self.assertEqual(s.apply(operator.add, 1, 2), 3)",
    "self.assertEqual(s.apply(s.adder(2), 1), 3); self.assertEqual(s.adder(1)(1), 2)",
    "self.assertEqual(s.each(iter([1, 2])), [1, 2]); self.assertEqual(s.each(x * 2 for x in [1]), [2]); self.assertEqual(s.each(map(str, [1])), ['1'])",
    "\nfrom unittest import mock\nm = mock.Mock(return_value=4)\nself.assertEqual(s.apply(m, 1), 4)\nm.assert_called_once_with(1)",
    "\nfrom unittest import mock\nwith mock.patch('builtins.input', return_value='hi'):\n    self.assertEqual(s.ask(), 'hi')",
    "\nfrom unittest import mock\nwith mock.patch('builtins.input', side_effect=['a', 'b']):\n    self.assertEqual(s.ask() + s.ask(), 'ab')",
    "\nfrom unittest import mock\nimport io\nwith mock.patch('sys.stdin', io.StringIO('a\\nb\\n')):\n    self.assertEqual(s.lines(), ['a', 'b'])",
    "\nimport sys, io\nold = sys.stdin\nsys.stdin = io.StringIO('q\\n')\nself.assertEqual(s.ask(), 'q')\nsys.stdin = old",
    "\nfrom unittest import mock\nwith mock.patch('random.randint', return_value=4):\n    self.assertEqual(s.roll(), 4)",
    "\nfrom unittest import mock\nwith mock.patch('time.sleep'), mock.patch('time.time', return_value=9):\n    self.assertEqual(s.wait(), 9)",
    "\nfrom unittest import mock\nwith mock.patch('solution.LIMIT', 9):\n    self.assertEqual(s.LIMIT, 9)\nself.assertEqual(s.LIMIT, 5)",
    "\nfrom unittest import mock\nwith mock.patch.object(s.Stack, 'zero', return_value=8):\n    self.assertEqual(s.Stack.zero(), 8)\nself.assertEqual(s.Stack.zero(), 0)",
    "import random; random.seed(5); want = random.randint(1, 6); random.seed(5); self.assertEqual(s.roll(), want)",
    "\nfrom unittest import mock\nimport os\nwith mock.patch.dict(os.environ, HOME_OF='x'):\n    self.assertEqual(s.home(), 'x')\nself.assertIsNone(s.home())",
    "s.save('out.txt', 'abc'); self.assertEqual(open('out.txt').read(), 'abc')",
    "\nimport tempfile, os\nwith tempfile.TemporaryDirectory(dir='.') as d:\n    p = os.path.join(d, 'x')\n    open(p, 'w').write('hey')\n    self.assertEqual(s.read(p), 'hey')",
    "self.assertEqual(s.big(), 10 ** 5000)",
    "self.assertEqual(s.keys(), {'a'}); self.assertEqual(s.compiled().pattern, 'a')",
    "import inspect; self.assertEqual(list(inspect.signature(s.default).parameters), ['a', 'b', 'args', 'c', 'kw'])",
    "import types; self.assertIsInstance(s.fail, types.FunctionType); self.assertEqual(s.fail.__name__, 'fail')",
    "s.cached(1); s.cached(1); self.assertEqual(s.cached.cache_info().hits, 1)",
    "import io; self.assertEqual(s.call_read(io.StringIO('abcdef\\n')), 'abcdef\\n')",
    "\nclass C:\n    x = 3\n    def __enter__(self): return self\n    def __exit__(self, *a): self.x = 4\nc = C(); self.assertEqual(s.close(c), 3); self.assertEqual(c.x, 4)",
    "\nclass MyError(KeyError): pass\ndef f(): raise MyError('x')\nself.assertEqual(s.boom(f), 'MyError')",
    "\nclass MyError(Exception): pass\ndef f(): raise MyError('x')\nwith self.assertRaises(MyError):\n    s.boom(f)",
    "import collections; P = collections.namedtuple('P', 'a b'); self.assertEqual(s.fields(P(1, 2)), 3)",
    "self.assertEqual(s.kind_of(collections.OrderedDict()), 'OrderedDict')",
    "self.assertEqual(sorted(n for n in dir(s) if n == 'LIMIT'), ['LIMIT'])",
    "\nimport json\nwith self.assertRaises(json.JSONDecodeError) as c:\n    s.decode('{')\nself.assertEqual(c.exception.pos, 1)",
    "\nwith self.assertRaises(ValueError):\n    s.decode('{')",
    "\nwith self.assertRaises(ZeroDivisionError):\n    s.divide()",
    "\nwith self.assertRaises(ArithmeticError):\n    s.divide()",
    "self.assertEqual(s.tree(), [[1], []]); self.assertIsInstance(s.tree()[0], s.Tree)",
    "\nwith self.assertLogs('x', level='WARNING') as c, self.assertWarns(DeprecationWarning):\n    s.noisy()\nself.assertEqual(c.output, ['WARNING:x:careful 1'])",
    "\nimport collections.abc\nself.assertIsInstance(s.Map(), collections.abc.Mapping); self.assertEqual(dict(s.Map()), {'a': 1}); self.assertEqual(s.Map().get('b', 2), 2)",
    "\nwith self.assertRaises(TypeError):\n    s.Plug()",
    "s.bump(); self.assertEqual(s.bump.n, 1); s.bump.n = 5; s.bump(); self.assertEqual(s.bump.n, 6)",
    "s.seen.clear(); s.see(1); self.assertEqual(s.seen, [1]); s.seen[:] = []; s.see(2); self.assertEqual(s.seen, [2])",
    "\nwith self.assertRaises(RecursionError):\n    s.deep(10 ** 5)",
    "import sys; sys.setrecursionlimit(9000); self.assertEqual(s.deep(5000), 5000)",
    "\nmatch s.Point(3, 4):\n    case s.Point(x, y): self.assertEqual((x, y), (3, 4))\n    case _: self.fail()",
    "self.assertCountEqual(s.items(), [3, 2, 1])",
]


def suite() -> str:
    lines = ["import collections, unittest", "import solution as s", "class T(unittest.TestCase):"]
    for number, check in enumerate(CHECKS):
        body = check.strip("\n").replace("\n", "\n        ")
        lines.append(f"    def test_{number}(self):\n        {body}")
    return "\n".join(lines)


def test_every_check_holds() -> None:
    files = [{"path": "test_it.py", "content": suite()}]
    request = {"files": {"files": files, "solution_path": "solution.py", "runner": "unittest"}}
    result = judged(PROGRAM, request)
    failed = [(CHECKS[int(one["name"].split("_")[-1])], one["actual"]) for one in result["failed"]]
    assert (failed, result["invalid_tests"]) == ([], None)
    assert result["passed"]
    assert result["ran"] == len(CHECKS)


PATCHED = """
import contextlib, io, sys
from unittest import mock
with mock.patch("builtins.input", lambda prompt="": "Ada"):
    assert ask() == "Ada"
sys.stdin = io.StringIO("Bob\\n")
assert ask() == "Bob"
out = io.StringIO()
with contextlib.redirect_stdout(out):
    hello()
assert out.getvalue() == "hello\\n"
"""


def test_assertions_may_patch() -> None:
    result = judged(PROGRAM, {"asserts": {"test_code": PATCHED, "entry_point": "ask"}})
    assert result["passed"], result

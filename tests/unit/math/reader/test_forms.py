"""Every form of answer that the reader knows, and the tree that it makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from veridical.math.reader import ReadError, TooComplexError, read_term
from veridical.math.terms import (
    Apply,
    Constant,
    Logic,
    Matrix,
    Number,
    Piecewise,
    Power,
    Product,
    Quantity,
    Relation,
    Row,
    SetBuilder,
    SetOperation,
    Sum,
    Symbol,
    Term,
    Words,
)


def shown(term: Term) -> str:
    """Write a term so that different terms look different."""
    return _SHOWN[type(term)](term)


def _number(term: Number) -> str:
    step = "" if term.step is None else f"~{term.step}"
    return f"{term.value}{step}{'' if term.base is None else f'@{term.base}'}"


def _piecewise(term: Piecewise) -> str:
    cases = (
        f"{shown(value)} if {'else' if condition is None else shown(condition)};"
        for value, condition in term.cases
    )
    return f"cases {' '.join(cases)}"


def _quantity(term: Quantity) -> str:
    return f"{shown(term.value)} in {' '.join(f'{name}^{power}' for name, power in term.unit)}"


_SHOWN: dict[type, Callable[..., str]] = {
    Number: _number,
    Symbol: lambda term: term.name,
    Constant: lambda term: f"<{term.value}>",
    Sum: lambda term: f"({' + '.join(map(shown, term.terms))})",
    Product: lambda term: f"({' * '.join(map(shown, term.factors))})",
    Power: lambda term: f"{shown(term.base)}^{shown(term.exponent)}",
    Apply: lambda term: f"{term.function}:{_all(term.arguments)}",
    Relation: lambda term: f"[{shown(term.left)} {term.operator} {shown(term.right)}]",
    Logic: lambda term: f"{term.operator}{_all(term.parts)}",
    Row: lambda term: f"row {term.opening or '.'}{_all(term.members)}{term.closing or '.'}",
    SetOperation: lambda term: f"{term.operator}{_all(term.parts)}",
    SetBuilder: lambda term: f"set {shown(term.element)} | {shown(term.condition)}",
    Matrix: lambda term: "matrix " + "".join(map(_all, term.rows)),
    Piecewise: _piecewise,
    Quantity: _quantity,
    Words: lambda term: f'"{term.text}"',
}


def _all(terms: tuple[Term, ...]) -> str:
    return "(" + ", ".join(map(shown, terms)) + ")"


NUMBERS = [
    ("42", "42"),
    ("-5", "-5"),
    ("5 - -3", "(5 + 3)"),
    ("3.14", "157/50~1/100"),
    (".5", "1/2~1/10"),
    ("37.50", "75/2~1/100"),
    ("1,234", "1234"),
    ("1,234.5", "2469/2~1/10"),
    ("1{,}234", "1234"),
    (r"12\,345\,678", "12345678"),
    (r"32,\! 349", "32349"),
    ("1 234", "1234"),
    ("1{,}5", "3/2~1/10"),
    ("1,05", "21/20~1/100"),
    ("2,74 €", "137/50~1/100 in euro^1"),
    ("12,5%", "percent:(25/2~1/10)"),
    ("1, 234", "row .(1, 234)."),
    ("1,2", "row .(1, 2)."),
    ("(312,123,231)", "row ((312, 123, 231))"),
    ("(1,000, 2,000)", "row ((1000, 2000))"),
    ("(1,000)", "1000"),
    ("(0,5; 1,5)", "row ((1/2~1/10, 3/2~1/10))"),
    (r"\frac{1}{2}", "(1 * 2^-1)"),
    (r"\frac12", "(1 * 2^-1)"),
    (r"\frac1{72}", "(1 * 72^-1)"),
    (r"\frac94\pi", "((9 * 4^-1) * <pi>)"),
    (r"-\dfrac{40}{153}", "(-40 * 153^-1)"),
    ("a/b/c", "(a * b^-1 * c^-1)"),
    (r"{a \over b}", "(a * b^-1)"),
    ("½", "(1 * 2^-1)"),
    (r"3\frac12", "(3 + (1 * 2^-1))"),
    ("3 1/2", "(3 + (1 * 2^-1))"),
    ("-3 1/2", "(-1 * (3 + (1 * 2^-1)))"),
    (r"3\frac{x}{2}", "(3 * (x * 2^-1))"),
    ("1.5e3", "1500~100"),
    (r"1.5 \times 10^{3}", "1500~100"),
    ("1.5x10^3", "1500~100"),
    ("2.5e-3", "1/400~1/10000"),
    (r"3 \cdot 10^8", "(3 * 10^8)"),
    ("2.5 million", "2500000~100000"),
    (r"0.1\overline{6}", "1/6"),
    (r"10\%", "percent:(10)"),
    ("5 percent", "percent:(5)"),
    ("1101_2", "13@2"),
    (r"1101_{\text{two}}", "13@2"),
    ("1A3_{16}", "419@16"),
    ("(1011)_2", "11@2"),
    ("12^{\\text{th}}", "12"),
    ("seventeen", "17"),
    ("１２", "12"),
    ("②③", "row .(2, 3)."),
]
QUANTITIES = [
    (r"\$5", "5 in dollar^1"),
    ("US$5", "5 in dollar^1"),
    ("$1,000.99", "100099/100~1/100 in dollar^1"),
    (r"-\$5", "-5 in dollar^1"),
    ("5 dollars", "5 in dollar^1"),
    (r"\$1.50 per pound", "3/2~1/100 in dollar^1 lb^-1"),
    ("5 km/h", "5 in km^1 h^-1"),
    (r"5\text{ m/s}^2", "5 in m^1 s^-2"),
    (r"5\frac{\text{m}}{\text{s}^2}", "5 in m^1 s^-2"),
    (r"50 \text{ cm}^2", "50 in cm^2"),
    ("12 square feet", "12 in ft^2"),
    ("15 ft.-lb", "15 in ft^1 lb^1"),
    ("8.314 J/(mol K)", "4157/500~1/1000 in J^1 mol^-1 K^-1"),
    (r"3.0 \times 10^8 \text{ m/s}", "300000000~10000000 in m^1 s^-1"),
    (r"4 + 2\sqrt{3} \text{ cm}", "(4 + (2 * root:(3, 2))) in cm^1"),
    ("5 m", "5 in m^1"),
    ("5m", "(5 * m)"),
    (r"2.653 \ \mathrm{m}", "2653/1000~1/1000 in m^1"),
    ("1,000.99m²", "100099/100~1/100 in m^2"),
    ("5 ft 3 in", "(5 in ft^1 + 3 in inch^1)"),
    ("2 hours and 30 minutes", "(2 in h^1 + 30 in min^1)"),
    ("12 apples", "12 in apple^1"),
    (r"7 \text{ stuffed goats and } 4 \text{ toys}", "row .(7 in stuffed goat^1, 4 in toy^1)."),
    (r"30^\circ", "30 in degree^1"),
    ("30°", "30 in degree^1"),
    ("72 degrees", "72 in degree^1"),
    (r"60^\circ 42' 30''", "(60 + (42 * 60^-1) + (30 * 3600^-1)) in degree^1"),
    (r"20^\circ\text{C}", "20 in celsius^1"),
    (r"\frac{\pi}{3}\text{ rad}", "(<pi> * 3^-1) in radian^1"),
    (r"10\,\Omega", "10 in Ω^1"),
    ("5 μm", "5 in μm^1"),
    (r"5 \mu\text{m}", "5 in μm^1"),
    (r"2 \mathrm{~kg} \cdot \mathrm{m}^{2} / \mathrm{s}^{2}", "2 in kg^1 m^2 s^-2"),
    ("$5 and $7", "row .(5 in dollar^1, 7 in dollar^1)."),
    ("$1.5 million", "1500000~100000 in dollar^1"),
]
EXPRESSIONS = [
    ("x^2+2x+1", "(x^2 + (2 * x) + 1)"),
    ("-x^2", "(-1 * x^2)"),
    ("(-2)^3", "-2^3"),
    ("2**3**2", "2^3^2"),
    ("x^-1", "x^-1"),
    ("x⁻¹", "x^-1"),
    ("1/2x", "(1 * 2^-1 * x)"),
    ("xy+yz", "((x * y) + (y * z))"),
    ("2 x 3", "(2 * 3)"),
    ("[x+1]^2", "(x + 1)^2"),
    (r"1 \pm \sqrt{19}", "(1 + plus_minus:(root:(19, 2)))"),
    ("3+4i", "(3 + (4 * <i>))"),
    ("3+4j", "(3 + (4 * <i>))"),
    ("2+3*I", "(2 + (3 * <i>))"),
    (r"3\mathbf{i}-4\mathbf{j}", "((3 * i) + (-4 * j))"),
    (r"\sqrt[3]{4}", "root:(4, 3)"),
    ("2√3", "(2 * root:(3, 2))"),
    ("sqrt(8)/2", "(root:(8, 2) * 2^-1)"),
    ("exp(16)", "<e>^16"),
    ("%e^(%i*%pi)", "<e>^(<i> * <pi>)"),
    (r"\sin^2 x + \cos^{2} 2x", "(sin:(x)^2 + cos:((2 * x))^2)"),
    (r"\tan^{-1}(1/2)", "arctan:((1 * 2^-1))"),
    (r"2 \sin b \cos a", "(2 * sin:(b) * cos:(a))"),
    (r"\tan \frac{7}{5} \pi", "tan:(((7 * 5^-1) * <pi>))"),
    ("2sinx", "(2 * sin:(x))"),
    (r"\log_2 8", "log:(8, 2)"),
    ("log10(x)", "log:(x, 10)"),
    (r"\lg x", "log:(x, 10)"),
    (r"\ln|x|", "ln:(abs:(x))"),
    ("||x|-1|", "abs:((abs:(x) + -1))"),
    (r"\lfloor x \rfloor", "floor:(x)"),
    ("n!!", "double_factorial:(n)"),
    (r"2^{3}!", "factorial:(2^3)"),
    (r"{n \choose k}", "binomial:(n, k)"),
    ("C(10,3)", "binomial:(10, 3)"),
    ("C_5^2", "binomial:(5, 2)"),
    ("a+-b", "(a + (-1 * b))"),
    ("Rational(1,2)", "(1 * 2^-1)"),
    ("dy/dx", "derivative:(y, x)"),
    ("{}_{10}C_{3}", "binomial:(10, 3)"),
    (r"\gcd(a,b)", "gcd:(a, b)"),
    ("7 mod 12", "mod:(7, 12)"),
    (r"3 \pmod 7", "mod:(3, 7)"),
    ("x_1+x_{12}", "(x_1 + x_12)"),
    ("x1+x2", "(x_1 + x_2)"),
    ("f'(x)", "f':(x)"),
    ("f^{-1}(x)", "f^-1:(x)"),
    ("a(b+c)", "(a * (b + c))"),
    (r"\alpha\beta", "(alpha * beta)"),
    (r"\frac{dy}{dx}", "derivative:(y, x)"),
    ("diff(x^2,x)", "derivative:(x^2, x)"),
    (r"\int_0^1 x^2\,dx", "integral:(x^2, x, 0, 1)"),
    (r"\sum_{i=1}^{n} i^2", "sum:(i^2, i, 1, n)"),
    (r"\lim_{x\to 0} \frac{\sin x}{x}", "limit:((sin:(x) * x^-1), x, 0)"),
    (r"\boxed{5}", "5"),
    ("$$\\frac{1}{2}$$.", "(1 * 2^-1)"),
    ("**42**", "42"),
    (r"\\frac{1}{2} + 2/3", "((1 * 2^-1) + (2 * 3^-1))"),
    ("\x0crac{1}{2}", "(1 * 2^-1)"),
]
STATEMENTS = [
    ("f(x)=x^2", "[f:(x) = x^2]"),
    (r"f: x \mapsto x+1", "[f:(x) = (x + 1)]"),
    ("x(t) = 2t", "[x:(t) = (2 * t)]"),
    ("P(A|B)=0.5", "[P:(given:(A, B)) = 1/2~1/10]"),
    (r"x = y = 2", "and([x = y], [y = 2])"),
    (r"1<x\le 2", "and([1 < x], [x <= 2])"),
    (r"x \not= 3", "[x != 3]"),
    ("= 42", "42"),
    (r"\frac{1}{8} \approx 0.13", "[(1 * 8^-1) approx 13/100~1/100]"),
    ("x=1 or x=2", "or([x = 1], [x = 2])"),
    ("x=1 and y=2 or x=3", "or(and([x = 1], [y = 2]), [x = 3])"),
    ("x>=1 and x<2", "and([x >= 1], [x < 2])"),
    ("not x=1", "not([x = 1])"),
    ("5 and 7", "row .(5, 7)."),
    ("$1$, $2$, and $3$", "row .(1, 2, 3)."),
    ("p=5,q=2;p=7,q=2", "row .(row .([p = 5], [q = 2])., row .([p = 7], [q = 2]).)."),
    ("p=5,q=2 and p=7,q=2", "and(row .([p = 5], [q = 2])., row .([p = 7], [q = 2]).)"),
    ("Paolo: 18, Qing: 12", "row .([Paolo = 18], [Qing = 12])."),
    (r"x \equiv 3 \pmod 7", "[x equiv mod:(3, 7)]"),
    ("3:2", "ratio:(3, 2)"),
    ("x : y = 2 : 3", "[ratio:(x, y) = ratio:(2, 3)]"),
    ("l: y = 2x", "[y = (2 * x)]"),
    (r"f(n)=n \text{ for all integers } n", "given:([f:(n) = n], [n in integers])"),
    (r"x = k\pi(k \in \mathbb{Z})", "given:([x = (k * <pi>)], [k in integers])"),
    (r"a_n = n, n \in N^*", "given:([a_n = n], [n in nonzero naturals])"),
    (r"x=a, \text{ where } a, b \in \mathbb{R}", "given:([x = a], [row .(a, b). in reals])"),
    ("n = 1, 2", "row .([n = 1], [n = 2])."),
    (r"n\equiv 0,1 \pmod 4", "row .([n equiv mod:(0, 4)], [n equiv mod:(1, 4)])."),
    ("n is even", "[n in even integers]"),
    (r"x = k\pi, k \in \mathbb{Z}", "given:([x = (k * <pi>)], [k in integers])"),
    ("∀x>0, 3<sup>x</sup>≥x", "forall:([x > 0], [3^x >= x])"),
    (r"\begin{aligned} x&=1 \\ y&=2\end{aligned}", "and([x = 1], [y = 2])"),
    (r"\left\{\begin{array}{l} x=1 \\ y=2\end{array}\right.", "and([x = 1], [y = 2])"),
    (
        r"\begin{cases} x, & \text{if } x>0 \\ -x & \text{otherwise} \end{cases}",
        "cases x if [x > 0]; (-1 * x) if else;",
    ),
]
COLLECTIONS = [
    ("[0,1)", "row [(0, 1))"),
    ("]0;1[", "row ](0, 1)["),
    (r"[1,\infty[ \cup \{0\}", "union(row [(1, <infinity>)[, row {(0)})"),
    (r"(-\infty,1) \cup (2,\infty)", "union(row (((-1 * <infinity>), 1)), row ((2, <infinity>)))"),
    ("oc(minf,3)", "row (((-1 * <infinity>), 3)]"),
    (r"\mathbb{R}\setminus\{0\}", "difference(reals, row {(0)})"),
    (r"\{x | x < 2\} - \{-6\}", "difference(set x | [x < 2], row {(-6)})"),
    (r"\{x \in \mathbb{R} : |x|<2\}", "set x | and([x in reals], [abs:(x) < 2])"),
    (r"\left\{x \left| x<2 \right.\right\}", "set x | [x < 2]"),
    ("Union(Interval(0,1),FiniteSet(3))", "union(row [(0, 1)], row {(3)})"),
    (r"R \ {0}", "difference(reals, row {(0)})"),
    (r"x \in [-2,7]", "[x in row [(-2, 7)]]"),
    (r"\mathbb{Z}_{>0}", "positive integers"),
    ("{1,2}", "row {(1, 2)}"),
    ("∅", "row {()}"),
    (r"\{1,2,\ldots\}", "row {(1, 2, …)}"),
    (r"\langle 1,2\rangle", "row <(1, 2)>"),
    ("(6,3),(9,3)", "row .(row ((6, 3)), row ((9, 3)))."),
    (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", "matrix (1)(2)"),
    (r"\left[\begin{array}{cc}1&2\\3&4\end{array}\right]", "matrix (1, 2)(3, 4)"),
    ("matrix([1,2],[3,4])", "matrix (1, 2)(3, 4)"),
    ("[1,2;3,4]", "matrix (1, 2)(3, 4)"),
    (r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}", "det:(matrix (a, b)(c, d))"),
]
WORDS = [
    (r"\text{Tuesday}", '"tuesday"'),
    ("The Red  Car.", '"red car"'),
    ("line segment, circle", 'row .("line segment", "circle").'),
    ("DNE", '"does not exist"'),
    ("no solutions", '"no solution"'),
    (r"\text{all real numbers}", "reals"),
    ("(C)", '"c"'),
    ("C.", '"c"'),
    (r"\textbf{(C)}", '"c"'),
    ("(D) Alina", 'choice:("d", "alina")'),
    (r"\textbf{(B)}\ \frac{1}{2}", 'choice:("b", (1 * 2^-1))'),
    ("(A)(B)", "(A * B)"),
    ("Player A wins", '"player a wins"'),
    ("x--y", "(x + y)"),
    ("hat", '"hat"'),
    ("xyz", "(x * y * z)"),
    ("half", "(1 * 2^-1)"),
    ('"hello world"', '"hello world"'),
    ("C", "C"),
    ("A, C", "row .(A, C)."),
    ("3:30 PM", 'time:(15, 30, "pm")'),
    ("12:00", "time:(12, 0)"),
    ("July 4, 1976", "date:(7, 4, 1976)"),
    ("1/2/2004", "date:(1, 2, 2004)"),
    ("1/2/3", "(1 * 2^-1 * 3^-1)"),
    ("true", '"true"'),
    ("infinity", "<infinity>"),
]


@pytest.mark.parametrize(
    ("text", "tree"), NUMBERS + QUANTITIES + EXPRESSIONS + STATEMENTS + COLLECTIONS + WORDS
)
def test_a_form_is_read(text: str, tree: str) -> None:
    assert shown(read_term(text)) == tree


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("x + ", 4),
        ("(1, 2", 5),
        (r"\frac{1}", 8),
        (r"1 + \nosuch", 4),
        ("1 2", 2),
        ("x = ", 4),
        ("1102_2", 0),
        ("(-8)_{2}", 0),
        ("The rent is $5", 4),
        ("x > 3 because", 6),
        ("[1, 2}", 5),
        (r"\begin{pmatrix} 1 & 2 \\ 3 \end{pmatrix}", 40),
        ("__import__('os')", 0),
    ],
)
def test_half_an_expression_is_never_read(text: str, offset: int) -> None:
    with pytest.raises(ReadError) as raised:
        read_term(text)
    assert raised.value.offset == offset
    assert raised.value.problem


@pytest.mark.parametrize(
    "text",
    [
        "1" * 1001,
        "1.5e999999999",
        "1e5000",
        "x+" * 1000 + "x",
        "x!" * 500,
        "(" * 100 + "x" + ")" * 100,
        "x!!!!!!!!!!!!!!!!!!!!!",
        "2^" * 50 + "2",
        "√" * 400 + "2",
        "a mod " * 60 + "b",
        "x ∪ " * 60 + "y",
        "a" * 3000,
    ],
    ids=lambda text: text[:12],
)
def test_a_counted_limit_is_not_a_syntax_error(text: str) -> None:
    with pytest.raises(TooComplexError):
        read_term(text)


PAIRS = Path(__file__).parents[3] / "data" / "math" / "pairs.jsonl"
_MISPRINTED = {"60^\textcirc 42'"}
_PROSE = "R=1 \\text{ is both"


def test_the_golds_of_public_sets_are_read() -> None:
    golds = {json.loads(line)["gold"] for line in PAIRS.read_text(encoding="utf-8").splitlines()}
    refused = {gold for gold in golds if not _is_read(gold)}
    assert {gold for gold in refused if not gold.startswith(_PROSE)} == _MISPRINTED


def _is_read(gold: str) -> bool:
    try:
        read_term(gold)
    except ReadError:
        return False
    return True

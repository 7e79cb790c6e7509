"""What LaTeX commands mean."""

from __future__ import annotations

from types import MappingProxyType

from veridical.math.reader.meanings import (
    GREEK,
    OTHER_NAMES,
    RELATIONS,
    SET_OPERATIONS,
    SETS,
    Meaning,
    each,
)
from veridical.math.reader.tokens import Kind

_VARIANTS = "varepsilon vartheta varkappa varrho varsigma varphi varpi"
_LATEX_FUNCTIONS = """
    sin cos tan cot sec csc arcsin arccos arctan arccot arcsec arccsc sinh cosh tanh coth sech csch
    arcsinh arccosh arctanh log ln lg exp max min sup inf gcd lcm arg deg det dim ker
"""
_BRACKETS = {
    "langle": (Kind.OPEN, "<"),
    "rangle": (Kind.CLOSE, ">"),
    "lfloor": (Kind.OPEN, "floor"),
    "rfloor": (Kind.CLOSE, "floor"),
    "lceil": (Kind.OPEN, "ceil"),
    "rceil": (Kind.CLOSE, "ceil"),
    "{": (Kind.OPEN, "{"),
    "}": (Kind.CLOSE, "}"),
    "lbrace": (Kind.OPEN, "{"),
    "rbrace": (Kind.CLOSE, "}"),
    "lbrack": (Kind.OPEN, "["),
    "rbrack": (Kind.CLOSE, "]"),
    "lparen": (Kind.OPEN, "("),
    "rparen": (Kind.CLOSE, ")"),
    "lvert": (Kind.OPEN, "abs"),
    "rvert": (Kind.CLOSE, "abs"),
    "lVert": (Kind.OPEN, "norm"),
    "rVert": (Kind.CLOSE, "norm"),
}


def _commands() -> dict[str, Meaning]:
    table: dict[str, Meaning] = {name: (Kind.SYMBOL, name) for name in GREEK.split()}
    table |= {name: (Kind.SYMBOL, name.removeprefix("var")) for name in _VARIANTS.split()}
    table |= {name: (Kind.FUNCTION, name) for name in _LATEX_FUNCTIONS.split()}
    table |= {name: (Kind.FUNCTION, function) for name, function in OTHER_NAMES.items()}
    table |= {name: (Kind.NAMED_SET, SETS[name]) for name in "RZNQ"}
    for meanings in (each(RELATIONS, Kind.RELATION), each(SET_OPERATIONS, Kind.SET_OPERATION)):
        table |= {name: meaning for name, meaning in meanings if name.isalpha()}
    accents = "overline bar hat widehat vec overrightarrow tilde widetilde dot ddot underline"
    table |= {name: (Kind.ACCENT, name) for name in (accents + " overarc wideparen").split()}
    table |= dict.fromkeys(
        ["frac", "dfrac", "tfrac", "cfrac", "sfrac", "nicefrac"], (Kind.FRACTION, "")
    )
    table |= dict.fromkeys(["binom", "dbinom", "tbinom"], (Kind.BINOMIAL, ""))
    fonts = "mathbf mathit mathsf mathtt mathcal mathfrak mathscr mathnormal boldsymbol bm pmb"
    fonts += (
        " mathbb Bbb boxed fbox rm bf it displaystyle textstyle scriptstyle limits nolimits emph"
    )
    sizes = " tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge"
    table |= dict.fromkeys((fonts + sizes).split(), (Kind.FONT, ""))
    table |= dict.fromkeys(
        ["ldots", "cdots", "dots", "dotsc", "dotsb", "vdots", "ddots"], (Kind.DOTS, "")
    )
    table |= dict.fromkeys(["cdot", "times", "ast", "star", "cdotp", "centerdot"], (Kind.TIMES, ""))
    return table | _BRACKETS | _SINGLE_COMMANDS


_SINGLE_COMMANDS: dict[str, Meaning] = {
    "pi": (Kind.CONSTANT, "pi"),
    "infty": (Kind.CONSTANT, "infinity"),
    "imath": (Kind.CONSTANT, "i"),
    "Re": (Kind.FUNCTION, "re"),
    "Im": (Kind.FUNCTION, "im"),
    "sqrt": (Kind.ROOT, ""),
    "sum": (Kind.BIG, "sum"),
    "prod": (Kind.BIG, "product"),
    "int": (Kind.INTEGRAL, "integral"),
    "lim": (Kind.LIMIT, "limit"),
    "div": (Kind.OVER, ""),
    "pm": (Kind.PLUS_MINUS, "plus_minus"),
    "mp": (Kind.PLUS_MINUS, "minus_plus"),
    "bmod": (Kind.MOD, ""),
    "mod": (Kind.PMOD, ""),
    "pmod": (Kind.PMOD, ""),
    "pod": (Kind.PMOD, ""),
    "mapsto": (Kind.MAPS_TO, ""),
    "longmapsto": (Kind.MAPS_TO, ""),
    "land": (Kind.AND, ""),
    "wedge": (Kind.AND, ""),
    "lor": (Kind.OR, ""),
    "vee": (Kind.OR, ""),
    "lnot": (Kind.NOT, ""),
    "neg": (Kind.NOT, ""),
    "not": (Kind.NOT, "relation"),
    "forall": (Kind.QUANTIFIER, "forall"),
    "exists": (Kind.QUANTIFIER, "exists"),
    "emptyset": (Kind.NAMED_SET, ""),
    "varnothing": (Kind.NAMED_SET, ""),
    "mid": (Kind.BAR, ""),
    "vert": (Kind.BAR, ""),
    "|": (Kind.BAR, "norm"),
    "Vert": (Kind.BAR, "norm"),
    "colon": (Kind.COLON, ""),
    "over": (Kind.STACKED, "over"),
    "choose": (Kind.STACKED, "choose"),
    "prime": (Kind.PRIME, "'"),
    "degree": (Kind.DEGREE, ""),
    "circ": (Kind.DEGREE, "circ"),
    "textdegree": (Kind.DEGREE, ""),
    "%": (Kind.PERCENT, ""),
    "$": (Kind.CURRENCY, "dollar"),
    "textdollar": (Kind.CURRENCY, "dollar"),
    "pounds": (Kind.CURRENCY, "pound sterling"),
    "euro": (Kind.CURRENCY, "euro"),
    "yen": (Kind.CURRENCY, "yen"),
    "\\": (Kind.LINE, ""),
    "newline": (Kind.LINE, ""),
    "partial": (Kind.SYMBOL, "partial"),
    "nabla": (Kind.SYMBOL, "nabla"),
    "angle": (Kind.UNKNOWN_FUNCTION, "angle"),
    "triangle": (Kind.UNKNOWN_FUNCTION, "triangle"),
    "top": (Kind.SYMBOL, "T"),
}
COMMANDS = MappingProxyType(_commands())
"""LaTeX commands without their backslash."""

_BLANK = """
    , ; : ! > quad qquad enspace thinspace medspace thickspace negthinspace hspace hfill strut nonumber
    hline cline par noindent phantom allowbreak
"""
SPACING = frozenset(_BLANK.split()) | {" ", "\n", "\t"}
"""Commands that stand for white space, or for nothing."""

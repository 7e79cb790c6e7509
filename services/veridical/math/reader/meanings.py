"""What the tables of commands, names and characters have in common."""

from __future__ import annotations

from collections.abc import Iterator

from veridical.math.reader.tokens import Kind

Meaning = tuple[Kind, str]
"""Kind and text of a token."""

GREEK = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron rho sigma tau
    upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar
"""
OTHER_NAMES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "acot": "arccot",
    "asec": "arcsec",
    "acsc": "arccsc",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "acoth": "arccoth",
    "arsinh": "arcsinh",
    "arcosh": "arccosh",
    "artanh": "arctanh",
    "tg": "tan",
    "ctg": "cot",
    "cotg": "cot",
    "arctg": "arctan",
    "arcctg": "arccot",
    "cosec": "csc",
    "arccosec": "arccsc",
    "sh": "sinh",
    "ch": "cosh",
    "th": "tanh",
    "sgn": "sign",
    "signum": "sign",
    "Re": "re",
    "realpart": "re",
    "Im": "im",
    "imagpart": "im",
    "Arg": "arg",
    "carg": "arg",
    "conjugate": "conj",
    "hcf": "gcd",
    "lb": "lb",
    "cis": "cis",
    "tr": "trace",
    "rank": "rank",
    "Log": "log",
    "Ln": "ln",
}
SETS = {"R": "reals", "Z": "integers", "N": "naturals", "Q": "rationals", "C": "complexes"}
RELATIONS = {
    "=": "= == :=",
    "!=": "!= /= <> ≠ # neq ne",
    "<": "< lt",
    "<=": "<= =< ≤ ⩽ ≦ leq le leqslant leqq",
    ">": "> gt",
    ">=": ">= ≥ ⩾ ≧ geq ge geqslant geqq",
    "in": "∈ in",
    "notin": "∉ notin",
    "subset": "⊂ ⊆ subset subseteq subseteqq",
    "approx": "≈ ≃ ≅ approx approxeq simeq cong",
    "equiv": "≡ equiv",
    "to": "→ -> to rightarrow longrightarrow",
    "sim": "∼ sim",
    "perp": "⊥ perp",
    "parallel": "∥ parallel",
    "propto": "∝ propto",
}
SET_OPERATIONS = {
    "union": "∪ ⊔ ⊎ cup bigcup cupdot sqcup uplus bigsqcup",
    "intersection": "∩ cap bigcap",
    "difference": "∖ setminus smallsetminus backslash",
}


def each(table: dict[str, str], kind: Kind) -> Iterator[tuple[str, Meaning]]:
    """Yield every name in `table`, whose keys are the texts of tokens of `kind`."""
    for text, names in table.items():
        for name in names.split():
            yield name, (kind, text)

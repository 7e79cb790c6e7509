"""Words that make another number of the number beside them, or another claim of the claim."""

from __future__ import annotations

import re

from veridical.math.reader.names import NAMES
from veridical.math.reader.tokens import Kind

_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
"""
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
_BELOW_TWENTY = tuple(_UNITS.split())
_TIMES_TEN = tuple(_TENS.split())
_PARTS = """
    half third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth
    sixtieth seventieth eightieth ninetieth hundredth thousandth
"""
# Stems of several forms, in English and, where they look like English plurals, in other languages.
_STEMS = re.compile(
    r"hal(?:f|ve)|doubl|tripl|trebl|quadrupl|quintupl|sextupl|septupl|octupl|decupl|\w*fold(?:s|ed)?$"
    r"|doz|dutzend|docen|douzain|hundred|thousand|tausend|mill?i?on|milliard|\w*illion|lakh|crore|myriad|(?:qu|s)\w+tets?$"
    r"|cient|decim(?!al)|per ?cent|procent|prozent|permil|promil|pct|bps$|basis|pp[bmt]$"
    r"|negat|opposi|invers|invert|recipro|revers|flipped|mirrored|conjugat|factorial|logarithm|cosin"
    r"|minus|menos|moins|meno$|plus|modul|divid|multipl(?!e)|subtract|increas|decreas|reduc|round(?:ed|ing)"
    r"|truncat|approx|rough|near(?:ly|est)?$|exclu|except|suppos|alleg|hypothe|imagina|wrong|incorrect"
    r"|false|binar|octal|hexadec|ternar"
)
_OTHER = """
    twice thrice fewer less more most least too short over under off squared cubed root log ln
    sine max min base mod times time's no non not never none without unless if isn maybe perhaps
    probably possibly about around almost circa ish hundred k pair pairs couple couples score
    scores gross trio trios tops zeros mitades medias pares paires tens ones halfs zero nil fois
    veces volte mal always sometimes usually besides backwards upwards downwards onwards
    afterwards whereas versus pas greater larger smaller bigger higher lower bad fake mille cent
    assuming above below after before hardly barely anti nicht
"""
FRACTIONS = frozenset(f"{part}s" for part in _PARTS.split()) | {"halves"}
"""Fractions of one, as in "42 tenths"."""
_CHANGING = FRACTIONS.union(_BELOW_TWENTY, _TIMES_TEN, _PARTS.split(), _OTHER.split())
_DENYING = "not no never isn aren wasn don t wrong incorrect false except unlike without"
_DENIALS = frozenset(_DENYING.split())
_FUNCTIONAL = """
    a an and another any are as at be because but by can cannot could do does each either every
    for from had has have he her his how i in is it its let may me might must my neither nor of
    on only or other our out per she should since so some such than that the their then there
    therefore these they this those thus to unlike up upon us was we were what when where which
    while who will with within would yet you your
"""
_FUNCTION_WORDS = frozenset(_FUNCTIONAL.split())


def changes_value(word: str) -> bool:
    """Say whether `word`, in lower case, beside a number makes another number or claim of it."""
    return word in _CHANGING or _STEMS.match(word) is not None


def is_denial(label: str) -> bool:
    """Say whether `label`, what precedes a colon, denies or changes what follows instead of naming it."""
    words = label.lower().replace("'", " ").split()
    return not is_content(words[-1]) or not _DENIALS.isdisjoint(words)


def spelt_out(number: int) -> str:
    """Return a number below a million in English words without hyphens and "and"; empty for others."""
    if number >= 1_000_000:
        return ""
    if number >= 1000:
        thousands, rest = divmod(number, 1000)
        return f"{spelt_out(thousands)} thousand {spelt_out(rest) if rest else ''}".strip()
    if number >= 100:
        hundreds, rest = divmod(number, 100)
        return f"{_BELOW_TWENTY[hundreds]} hundred {spelt_out(rest) if rest else ''}".strip()
    if number >= 20:
        tens, rest = divmod(number, 10)
        return f"{_TIMES_TEN[tens]} {_BELOW_TWENTY[rest] if rest else ''}".strip()
    return _BELOW_TWENTY[number]


def is_content(word: str) -> bool:
    """Say whether `word`, in lower case, may be a noun or an adjective that changes no number."""
    if word in _FUNCTION_WORDS or changes_value(word):
        return False
    return word not in NAMES or NAMES[word][0] is Kind.NAMED_SET

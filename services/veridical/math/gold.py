"""Whether a gold is sound: whole as mathematics or as words, and one final answer by itself.

A broken gold has no reward to give, whatever the response; so it is told apart before anything is
compared. Words are sound golds ("no solution", "the cat", a name, a letter). What still holds an
answer within it ("The answer is 18", "She has 18 eggs", "18 or 17") is not: which part of it is the
reference is for its author to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from veridical.math.answer.extract import extract
from veridical.math.answer.find import content
from veridical.math.answer.markers import MAX_BARE
from veridical.math.answer.span import Span
from veridical.math.gold_commands import COMMANDS
from veridical.math.policy import Extraction
from veridical.math.reading import read
from veridical.math.values import Form

_SOLUTION = tuple(
    place for place in Extraction if place not in (Extraction.BARE, Extraction.CONCLUSION)
)
_NULLS = frozenset({"nan", "none", "null", "nil", "n/a", "#n/a", "tbd", "todo", "???"})
_RELATIONS = frozenset({"<", ">", "=", r"\leq", r"\geq", r"\neq", r"\approx", r"\{\}"})
_MARKER = re.compile(r"\banswer[\s*_\"']{0,4}(?:is\b|are\b|:|=)|^[\s*_]*a\s*:\s|</?answer>")
_HEDGE = re.compile(r"\b(?:maybe|perhaps|probably|possibly|i (?:think|guess)|not sure|either)\b")
_SENTENCE = re.compile(
    r"(?:s?he|it|they|we|you|i|there|this|so|thus|therefore|hence|the|an?|each)\b[^\\$]{0,200}"
    r"\b(?:is|are|was|were|has|have|had|gets?|needs?|costs?|pays?|makes?|earns?|equals)\b"
    r"[^\\$]{0,200}\d"
)
_TYPESET_WORDS = re.compile(
    r"\\(?:text[a-z]*|math[a-z]+|mbox|hbox|operatorname\*?|emph|rm|bf|label|tag|color|[hv]space\*?)"
    r"\s*\{[^{}]*\}"
)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{[^{}]*\}(?:\{[clr|@ ]*\})?")
_COMMAND = re.compile(r"\\(?:\\|(?P<name>[A-Za-z]+))")
_BRACKET = re.compile(
    r"\\(?P<side>left|right)(?![A-Za-z])\s*(?P<delimiter>\\[A-Za-z]+|\\.|[^\\\sA-Za-z0-9])?"
    r"|\\.|[][(){}]",
    re.DOTALL,
)
_KINDS = dict.fromkeys("()[]", "round") | dict.fromkeys("{}", "brace")
_KINDS |= dict.fromkeys((r"\{", r"\}"), "set")
_TAG = re.compile(r"</?[a-z]+>")
_SIGN_SCRIPT = re.compile(r"[\^_]\s*(?:[-+*]|\{\s*\d*[-+*]+\s*\})")
_GRADE = re.compile(r"[A-Z][A-Za-z]?[-+]")
_BINARY = r"(?:[-+*/^_=]|\\(?:cdot|times|div|pm|mp|cup|cap|setminus)(?![A-Za-z]))"
_ENDS_OPEN = re.compile(
    rf"(?:{_BINARY}|[<>&]|\\(?:leq?|geq?|neq?|in|to|equiv|approx|sim|land|lor|sqrt)(?![A-Za-z]))\s*$"
)
_OPEN_GROUP = re.compile(rf"{_BINARY}\s*(?:[])}}]|\\\}}|\\right(?![A-Za-z]))")
_STARTS_OPEN = re.compile(r"[*/^]|\\(?:cdot|times|div|cup|cap)(?![A-Za-z])")
_ARGUMENTS = re.compile(r"\\(?:[dtc]?(?P<two>frac|binom)|sqrt\s*(?:\[[^][]*\])?)(?![A-Za-z])")
_ARGUMENT = re.compile(r"\s*(?:(?P<group>\{)|\\[A-Za-z]+|[A-Za-z0-9])")
_ZERO = re.compile(r"[\s{(]*[-+]?0+(?:\.0*)?[\s})]*")
_OVER_ZERO = re.compile(r"/\s*(?:0+(?:\.0*)?(?![\d.A-Za-z^!])|[({]\s*0+(?:\.0*)?\s*[)}])")


def committed_gold(gold: str) -> str:
    """Return the gold itself, or the final answer in it if it is a whole solution."""
    if len(gold) <= MAX_BARE and "box" not in gold and "####" not in gold:
        return gold
    extracted = extract(gold, Span(0, len(gold)), _SOLUTION)
    return gold if extracted is None else content(gold, extracted.found)


@lru_cache(maxsize=4096)
def gold_fault(gold: str) -> str:
    """Say what is wrong with `gold`, a text of bounded length; empty if it is sound."""
    reading = read(gold)
    if reading.values is not None:
        return _alternatives(gold)
    source = reading.source
    if not reading.normal or source.casefold() in _NULLS:
        return "it stands for no answer"
    if reading.normal in _RELATIONS:
        return ""
    if not any(character.isalnum() for character in reading.normal):
        return "it holds neither a number nor a word"
    return _wording_fault(source) or _structure_fault(source)


def _alternatives(gold: str) -> str:
    values = read(gold).values
    if values is None or not values.hedged or values.form is not Form.LIST:
        return ""
    named = any(member.name for member in values.members)
    return "" if named else "it leaves a choice between several values"


def _wording_fault(source: str) -> str:
    words = source.casefold()
    if _MARKER.search(words):
        return "it holds the mark of an answer, not the answer alone"
    if _HEDGE.search(words):
        return "it is hedged"
    if _SENTENCE.match(words):
        return "it is a sentence that holds a number, not the answer alone"
    return ""


def _structure_fault(source: str) -> str:
    for command in _COMMAND.finditer(_last_link(source)):
        if command["name"] and command["name"] not in COMMANDS:
            return f"it has an unknown command {command[0]}"
    text = _TYPESET_WORDS.sub("T", source)
    sides = [environment[1] for environment in _ENVIRONMENT.finditer(text)]
    if sides.count("begin") != sides.count("end"):
        return "it has an environment that does not end"
    text = _ENVIRONMENT.sub(" ", text)
    checks: tuple[Callable[[str], str], ...] = (_bracket_fault, _open_fault, _argument_fault)
    return next((fault for check in checks if (fault := check(text))), "")


def _last_link(source: str) -> str:
    """Return what a chain `a = b = c` ends in: what precedes it is how it was derived."""
    links = source.split("=")
    return links[-1] if len(links) > 2 and "," not in source else source


def _bracket_fault(text: str) -> str:
    if not (_is_balanced(text) or _is_balanced(text, toggled=True)):
        return "its brackets do not match"
    return ""


def _is_balanced(text: str, *, toggled: bool = False) -> bool:
    """Say whether every bracket has its pair; `toggled` reads intervals such as `]0, 1[`, too."""
    opened: list[str] = []
    for bracket in _BRACKET.finditer(text):
        side, symbol = bracket["side"], bracket[0]
        if side == "left" and bracket["delimiter"] is None:
            return False
        kind = "side" if side else _KINDS.get(symbol)
        if kind is None:
            continue
        opens = side == "left" or symbol in {"(", "[", "{", r"\{"}
        if toggled and symbol in "[]":
            opens = not opened or opened[-1] != kind
        if opens:
            opened.append(kind)
        elif not opened or opened.pop() != kind:
            return False
    return not opened


def _open_fault(text: str) -> str:
    if _GRADE.fullmatch(text):
        return ""
    text = _SIGN_SCRIPT.sub("", _TAG.sub("", text))
    if _STARTS_OPEN.match(text) or _ENDS_OPEN.search(text) or _OPEN_GROUP.search(text):
        return "it has an operator without an operand"
    return ""


def _argument_fault(text: str) -> str:
    if _OVER_ZERO.search(text):
        return "it divides by zero"
    for command in _ARGUMENTS.finditer(text):
        first = _argument_end(text, command.end())
        last = first if first < 0 or not command["two"] else _argument_end(text, first)
        if last < 0:
            return f"it has {command[0]} without an argument"
        if command["two"] == "frac" and _ZERO.fullmatch(text, first, last):
            return "it divides by zero"
    return ""


def _argument_end(text: str, at: int) -> int:
    """Return the offset behind the argument at `at`, -1 if there is none or it is empty."""
    argument = _ARGUMENT.match(text, at)
    if argument is None or not argument["group"]:
        return -1 if argument is None else argument.end()
    depth, start = 0, argument.end()
    for brace in re.finditer(r"\\.|[{}]", text[start - 1 :]):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            end = start - 1 + brace.end()
            return end if text[start : end - 1].strip() else -1
    return -1

"""What is counted behind a number: `red apples`, `gallons of water`, `apples per day`, `years old`.

    counted = [ head ] { "of" things | rate | place | remark }
    head    = unit | { adjective } plural
    rate    = ("per" | "a" | "each" | "every" | "any") thing
    place   = ("in" | "on" | "at" | "from" | "for") ("the" | "her" | ...) things
    remark  = "in total" | "left" | "tall" | ...

Words behind a number may make another number of it ("42 doubled", "42 tenths", "42 in octal"), so that what is
not put like this is not taken for something counted: a noun is a plural, or has a word before it that singles
one out, or counts no more than one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from veridical.math.reader.phrases import Phrase, match_unit
from veridical.math.reader.units import Named, canonical_unit
from veridical.math.reader.vocabulary import changes_value, is_content

MAX_WORDS = 10
"""Words of a phrase."""
_MAX_RUN = 4
_WORD = re.compile(r"[ ~]*(?:(?<=[a-z])-)?(?P<word>[A-Za-z]+(?:['’]s?(?![A-Za-z]))?)\.?")
_JOINING = frozenset({"and", "or"})
_SINGLING = frozenset({"per", "a", "an", "each", "every", "any"})
_PLACING = frozenset({"in", "on", "at", "from", "for"})
_OWNING_WORDS = "the a an this that these those his her its their our my your"
_OWNING = frozenset(_OWNING_WORDS.split())
_REMARKING_WORDS = """
    total altogether overall exactly precisely each apiece left remaining long tall high wide deep old
    away apart ago late early sold bought made eaten used needed required earned spent saved won lost
    today tomorrow yesterday now
"""
_REMARKS = frozenset(_REMARKING_WORDS.split())
_PHRASES = frozenset({("in", "total"), ("in", "all"), ("all", "together")})
OPENING_WORDS = frozenset({"of"}) | _SINGLING | _PLACING
"""Words with which a phrase may begin that have another meaning elsewhere in mathematics."""
_IRREGULAR_PLURALS = """
    people children men women mice geese teeth feet oxen dice sheep fish deer cattle police criteria
    phenomena radii vertices matrices data
"""
_IRREGULAR = frozenset(_IRREGULAR_PLURALS.split())
_VOWELS = frozenset("aeiouy")
_NO_PLURAL = ("ss", "us", "is")


class _Word(NamedTuple):
    text: str
    start: int
    end: int


def match_counted(text: str, start: int, *, one: bool = False) -> Phrase | None:
    """Return what the words in `text` from `start` on count, None if they may say something else.

    Args:
        text: The text.
        start: Offset behind the number.
        one: Whether the number is no more than one, so that a noun need not be a plural.
    """
    words = _words(text, start)
    if not words:
        return None
    unit = _Counting(text, words, one=one).unit()
    return None if unit is None else Phrase(unit, words[-1].end, 1)


def _words(text: str, start: int) -> list[_Word]:
    """Return the words from `start` on, up to one that joins them with something else."""
    found: list[_Word] = []
    while (match := _WORD.match(text, start)) is not None:
        word = match["word"].lower()
        if len(found) == MAX_WORDS or (word in _JOINING and not _goes_on(text, match)):
            break
        start = match.end()
        found.append(_Word(word, match.start("word"), start))
    return found


def _goes_on(text: str, joint: re.Match[str]) -> bool:
    """Say whether `joint` joins what is counted with more of it, as in `boys and girls`."""
    following = _WORD.match(text, joint.end())
    return joint["word"] == "and" and following is not None and is_plural(following["word"])


class _Counting:
    """Reads the words of one phrase; each part steps over what it takes and says whether it is there."""

    def __init__(self, text: str, words: list[_Word], *, one: bool) -> None:
        self._text = text
        self._words = words
        self._one = one
        self._at = 0

    def unit(self) -> Named | None:
        """Return the units that are counted, none for a mere remark; None if something is left over."""
        unit = () if self._total() or self._place() else self._head()
        while self._at < len(self._words):
            rate = self._rate()
            if rate is not None:
                unit = (*unit, *rate)
            elif not (self._more() or self._contents() or self._place() or self._remark()):
                return None
        return unit

    def _word(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._words[at].text if at < len(self._words) else ""

    def _head(self) -> Named:
        return self._measure() or self._noun(plural=not self._one)

    def _measure(self) -> Named:
        """Read a unit of measurement, up to the end of a word."""
        phrase = match_unit(self._text, self._words[self._at].start)
        ends = [word.end for word in self._words]
        if phrase is None or phrase.end not in ends:
            return ()
        self._at = ends.index(phrase.end) + 1
        return phrase.unit

    def _run(self) -> list[str]:
        """Return the words ahead that may be adjectives and nouns."""
        run: list[str] = []
        while len(run) < _MAX_RUN and is_content(word := self._word(len(run))) and word:
            if run and word in _REMARKS:
                break
            run.append(word)
        return run

    def _noun(self, *, plural: bool) -> Named:
        """Read a noun and its adjectives, a plural if it must be one."""
        run = self._run()
        while run and plural and not is_plural(run[-1]):
            run.pop()
        if not run or len(run[-1]) < 3:
            return ()
        self._at += len(run)
        return ((" ".join([*run[:-1], singular(run[-1])]), 1),)

    def _more(self) -> bool:
        if self._at == 0 or self._word() != "and":
            return False
        self._at += 1
        return bool(self._noun(plural=True))

    def _contents(self) -> bool:
        if self._word() != "of":
            return False
        return self._behind(1)

    def _place(self) -> bool:
        if self._word() not in _PLACING or self._word(1) not in _OWNING:
            return False
        return self._behind(2)

    def _behind(self, words: int) -> bool:
        """Step over some words and the things named behind them."""
        start, self._at = self._at, self._at + words
        while self._word() in _OWNING:
            self._at += 1
        if self._noun(plural=False):
            return True
        self._at = start
        return False

    def _rate(self) -> Named | None:
        """Read for each of what something is counted, as in `per day`."""
        if self._word() not in _SINGLING or not self._word(1) or changes_value(self._word(1)):
            return None
        start, self._at = self._at, self._at + 1
        counted = self._measure() if canonical_unit(self._word()) else self._noun(plural=False)
        if not counted:
            self._at = start
            return None
        return tuple((name, -exponent) for name, exponent in counted)

    def _total(self) -> bool:
        found = (self._word(), self._word(1)) in _PHRASES
        self._at += 2 * found
        return found

    def _remark(self) -> bool:
        found = self._word() in _REMARKS
        self._at += found
        return found or self._total()


def is_plural(word: str) -> bool:
    """Say whether `word`, in lower case, has the form of an English plural."""
    if word in _IRREGULAR or word.endswith("s'"):
        return True
    return word.endswith("s") and not word.endswith(_NO_PLURAL) and not _VOWELS.isdisjoint(word)


def singular(word: str) -> str:
    """Return an English plural without its ending, the same for every form of one noun."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word

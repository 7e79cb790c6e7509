r"""Reading an answer: text to a `terms.Term`.

`read_term` reads LaTeX, plain text of computer algebra systems, unicode mathematics and short words by
one grammar; the modules hold one level of it each, lowest first:

    cleaning      wrappers, look-alike characters, dollar signs
    words, dates  texts without a formula: words, choices `(C)`, times, dates
    counting      what stands behind a number: `phrases` (units of measurement), `vocabulary`
    lexer         tokens; `commands`, `names`, `characters` and `units` say what names mean
    prepare       what only all tokens together can say
    brackets      rows, intervals, sets, absolute values
    functions     functions, fractions, roots, sums, integrals, limits
    environments  matrices, cases, systems
    symbols       variables, functions without a meaning, sets of numbers
    atoms         numbers, powers, postfixes, quantities
    expressions   sums and products
    statements    relations, logic, lists, conditions

It reads all of a text or raises; it computes nothing but literals; its time is linear in the length of
the text, which is limited, as are nesting and digits (`limits`).

Choices that the notation leaves open:

- `1,234` is a number where it stands alone, and a list within brackets unless the bracket's other
  commas are followed by spaces; `1, 234` is a list. A comma is a decimal point before a zero (`1,05`),
  in braces where three digits do not follow (`1{,}5`), or where `%` or a currency ends the text (`2,74 €`).
- `3\frac12` and `3 1/2` are mixed numbers; `3\frac{x}{2}` is a product.
- `(C)` and `C.` are Words, `(C) Paris` is a `choice` application of the letter, as Words, and what
  follows it; `C` alone is a symbol.
- `x = 1, 2` is `x = 1, x = 2`. `5 and 7` is a list and `5 or 7` is not.
- `12:00` is a time (`time`), as is what is no ratio in lowest terms (`2:30`); `3:2` is a ratio.
- A letter behind a number is a variable (`5m`), unless a space precedes it and the text ends with it
  (`5 m`), or it is upright (`5\text{ m}`); then it is a unit if there is such a unit.
- `log` has the arguments that were written; `ln` stays apart from it.
- `\text{for all}`, `where` and the like, and memberships behind a comma, are a `given` application.
"""

from __future__ import annotations

from veridical.math.reader.cleaning import clean, repaired
from veridical.math.reader.dates import read_date, read_time
from veridical.math.reader.errors import ReadError, TooComplexError
from veridical.math.reader.lexer import tokenise
from veridical.math.reader.limits import MAX_CHARACTERS
from veridical.math.reader.numbers import read_number
from veridical.math.reader.prepare import prepare
from veridical.math.reader.statements import Statements
from veridical.math.reader.words import OPTIONS, normal_words, read_words, split_choice
from veridical.math.terms import Apply, Term, Words

__all__ = ["ReadError", "TooComplexError", "read_term"]


def read_term(text: str, *, trusted: bool = False) -> Term:
    r"""Read the whole of `text`, a gold or an answer.

    Args:
        text: The text.
        trusted: Whether it is a gold: an answer may count nothing but plurals ("42 apples"), lest other
            words behind its number say that it is another one ("42 doubled").

    Raises:
        ReadError: The grammar does not describe all of it. Offsets count from its beginning, save
            that a command whose escape was eaten (a tab for the `\t` of `\times`) counts in full.
        TooComplexError: It is beyond a counted limit.
    """
    if text.isdecimal() and text.isascii():
        return read_number(text)
    if len(text) > MAX_CHARACTERS:
        raise TooComplexError(f"more than {MAX_CHARACTERS} characters")
    cleaned = clean(repaired(text))
    core = cleaned.strip()
    if not core:
        raise ReadError("an empty text", 0)
    if len(core) == 1 and core in OPTIONS and text.rstrip().endswith("."):
        core += "."
    option = split_choice(core)
    if option is not None:
        return _read_option(*option, trusted=trusted)
    return _read_core(core, cleaned, trusted=trusted)


def _read_core(core: str, cleaned: str, *, trusted: bool) -> Term:
    for read in (read_words, read_time, read_date):
        term = read(core)
        if term is not None:
            return term
    return Statements(prepare(tokenise(cleaned, trusted=trusted))).whole()


def _read_option(letter: str, rest: str, *, trusted: bool) -> Term:
    if not rest:
        return Words(letter.lower())
    try:
        content = _read_core(rest, rest, trusted=trusted)
    except ReadError:
        content = Words(normal_words(rest))
    return Apply("choice", (Words(letter.lower()), content))

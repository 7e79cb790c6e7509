"""The one answer a response commits to, or why it commits to none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from veridical.math.answer.beside import find_alternative
from veridical.math.answer.boxes import find_boxed, is_reasoned
from veridical.math.answer.choices import choice_within, find_choice
from veridical.math.answer.echo import is_echo
from veridical.math.answer.extract import Extracted, extract, extract_behind, extract_beside
from veridical.math.answer.span import Found, Span
from veridical.math.answer.surroundings import differ, objection
from veridical.math.answer.visible import is_reordered, visible
from veridical.math.decision import MathReason
from veridical.math.policy import Extraction
from veridical.serving.thinking import answer_span

_FINAL = re.compile(r"final\s+answer[^\n]{0,40}\Z", re.IGNORECASE)
_FORMULA = re.compile(r"(?:\$[^$]+\$|\\\(.+\\\)|\\\[.+\\\]|\*\*[^*]+\*\*)[.]?", re.DOTALL)
_TAKING_BACK = re.compile(
    r"\b(?:wait|actually|oops|sorry|correction|no|hmm|mistake|wrong)\b[^.\n]{0,40}\Z", re.IGNORECASE
)
_LOOK_BACK = 80


@dataclass(frozen=True, slots=True)
class Answer:
    """What a response gives as its answer.

    Attributes:
        text: The answer without hidden characters and without the boxes of several parts.
        start: Offset of the answer in the response, in code points.
        end: Offset behind it.
        extraction: The form in which it was found.
        several: Whether it is put together from several boxes.
        refusal: Why it is not committed to, None if it is.
        alternative: What is given beside it with "or"; the answer holds only if that is equal as well.
    """

    text: str
    start: int
    end: int
    extraction: Extraction
    several: bool = False
    refusal: MathReason | None = None
    alternative: str = ""


def find_answer(
    response: str,
    places: tuple[Extraction, ...] = (),
    *,
    prompt: str = "",
    truncated: bool = False,
    choices: bool = False,
) -> Answer | None:
    """Return what `response` gives as its answer, None if that is nothing.

    Time is linear in the length of `response` and `prompt`.

    Args:
        response: The model's whole output, thinking and hidden text included.
        places: Where to look, always in the order of `Extraction`; empty means everywhere.
        prompt: What the model was given, if known: an answer quoted from it is none.
        truncated: Whether the response was cut off by its length limit.
        choices: Whether the task asks for the letter of an option; see `choices.is_choice`.
    """
    view = visible(response)
    span = Span(*answer_span(view.text))
    extracted = extract(view.text, span, places)
    refusal: MathReason | None = None
    revision = ""
    if choices:
        extracted, refusal = _choice(view.text, span, places, extracted)
    if extracted is None:
        return None
    if refusal is None:
        extracted, refusal, revision = _last(view.text, span, extracted, places)
    found = _unboxed(view.text, extracted)
    text = content(view.text, found)
    shown = view.in_response(found.start, found.end)
    if refusal is None:
        refusal = _refusal(view.text, span, found, text, prompt, truncated=truncated)
    around = view.around(found.start, found.end)
    if is_reordered(response[around.start : around.end]):
        refusal = MathReason.ANSWER_UNPARSABLE
    beside = revision or find_alternative(view.text, span, found.start, found.end)
    return Answer(text, *shown, extracted.extraction, bool(found.parts), refusal, beside)


def content(text: str, found: Found) -> str:
    """Return the answer that `found` marks in `text`."""
    return ", ".join(found.parts) or text[found.start : found.end]


def _unboxed(text: str, extracted: Extracted) -> Found:
    """Return what was found, or the box in it where boxes were no place to look at."""
    found = extracted.found
    if extracted.extraction is Extraction.BOXED or "box" not in text[found.start : found.end]:
        return found
    return find_boxed(text, Span(found.start, found.end)) or found


def _last(
    text: str, span: Span, extracted: Extracted, places: tuple[Extraction, ...]
) -> tuple[Extracted, MathReason | None, str]:
    """Return the statement that counts, a reason where another one contradicts it, and a formula that may.

    What stands behind "final answer" replaces an answer before it. Any other mark of another number
    behind an answer makes two answers of them, as does one of a formula if words take the first back.
    """
    if _stands_beside_another(text, span, extracted):
        return extracted, MathReason.SEVERAL_ANSWERS, ""
    later = extract_behind(text, span, extracted, places)
    if later is None:
        return extracted, None, ""
    stated = content(text, later.found)
    before = text[max(span.start, later.found.start - _LOOK_BACK) : later.found.start]
    different = differ(content(text, extracted.found), stated)
    is_formula = _FORMULA.fullmatch(stated) is not None
    if _FINAL.search(before) and (different or is_formula):
        return later, None, ""
    if different:
        return extracted, MathReason.SEVERAL_ANSWERS, ""
    is_revised = is_formula and _TAKING_BACK.search(before) is not None
    return extracted, None, stated if is_revised else ""


def _stands_beside_another(text: str, span: Span, extracted: Extracted) -> bool:
    """Say whether another number is given in the same form directly before, without reasoning."""
    beside = extract_beside(text, span, extracted)
    if beside is None or is_reasoned(text[beside.found.end : extracted.found.start]):
        return False
    return differ(content(text, beside.found), content(text, extracted.found))


def _choice(
    text: str, span: Span, places: tuple[Extraction, ...], extracted: Extracted | None
) -> tuple[Extracted | None, MathReason | None]:
    """Narrow what was found to the option in it, or look for an option in the whole text."""
    unmarked = extracted is None or extracted.extraction in (Extraction.BARE, Extraction.CONCLUSION)
    if unmarked and places and Extraction.BARE not in places:
        return extracted, None
    place = Extraction.BARE if extracted is None or unmarked else extracted.extraction
    option = (
        find_choice(text, span)
        if extracted is None or unmarked
        else choice_within(text, extracted.found)
    )
    if isinstance(option, Found):
        return Extracted(option, place), None
    if isinstance(option, MathReason):
        return extracted or Extracted(Found(*span, closed=False), place), option
    return extracted, None


def _refusal(
    text: str, span: Span, found: Found, answer: str, prompt: str, *, truncated: bool
) -> MathReason | None:
    if truncated and not found.closed:
        return MathReason.TRUNCATED
    if is_echo(text, found.start, found.end, span, prompt):
        return MathReason.PROMPT_ECHO
    return objection(text, span, found.start, found.end, answer)

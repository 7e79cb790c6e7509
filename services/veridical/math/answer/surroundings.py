r"""The words around an answer, which may deny, hedge, quote or revise it: `not \boxed{42}`.

Only a window of bounded length before and behind the answer is read.
"""

from __future__ import annotations

import re

from veridical.math.answer.commitment import may_equal
from veridical.math.answer.operations import goes_on, has_result, is_signed, read_lead
from veridical.math.answer.span import Span
from veridical.math.decision import MathReason
from veridical.math.normalise import clean_text, normal_text
from veridical.math.rational import read_plain
from veridical.math.reader.units import canonical_unit

LOOK_BACK = 120
"""Code points before an answer that may deny or hedge it."""
LOOK_AHEAD = 400
"""Code points behind an answer that may deny, hedge or revise it."""
_NEAR = 120
_DECORATION = " \t\n$*_({[:\\\"'`“‘>"
_CLOSING = re.compile(r"(?:[}\s$*_)\],\"'`”’|]|\\[)\]]|</?\w{1,10}>){0,16}")
_NUMBER = r"(?P<number>[-+]?(?:\\[dt]?frac\{\d+\}\{\d+\}|\d[\d.,/]*+(?!\\)))"
_NUMBER_BEFORE = re.compile(rf"{_NUMBER}[\s$)}}*]*\s(?:or|/)\Z")
_LAST_WORDS = (
    "not", "n't", "n’t", "never", "cannot", "≠", "!=", "\\ne", "\\neq", "\\neg", "cancel", "\\sout", "than",
    "from", "instead of", "except", "except for", "unlike", "hardly", "but", "out", "longer", "equal to", " way", "reject", "exclude", "discard",
    "dismiss", "eliminate", "trap", "trap answer", "wrong!", "incorrect!", "false!", "maybe", "perhaps", "probably",
    "possibly", "presumably", "either", "guess", " or", "/", "e.g.", "e.g", "e.g.,", "like", "format", "~~",
)  # fmt: skip
_HINTS = (
    "not ", "n't", "n’t", "never", "cannot", "wrong", "incorrect", "mistaken", "false", "invalid", "bad ",
    "rejected", "untrue", "disagree", "doubt", "deny", "refuse", "guess", "might", " may ", "could",
    "presum", "say", "said", "claim", "told", " way ",
)  # fmt: skip
_DENIED = re.compile(
    r"""(?:(?:\bnot|n['’]t|\bnever|\bcannot|\\neq?|≠|!=)
        (?:[ ](?:be|equals?|to|the|an?|my|answer|is|as|necessarily|really|actually|exactly|simply|just
          |correct|right|final))*
      |\b(?:rather|other|different)[ ](?:than|from)|\binstead[ ]of|\b(?:except(?:[ ]for)?|unlike|hardly)|\banything[ ]but|\bfar[ ]from
      |\b(?:wrong|incorrect|mistaken|false|bad|invalid|rejected)[ ](?:final[ ])?
        (?:answer|result|value|solution|guess|choice|option)s?(?:[ ](?:is|are|was|would[ ]be))?[: ]*
      |\b(?:rules?|ruled|ruling)[ ]out|\bno[ ]longer
      |\b(?:reject|exclude|discard|dismiss|eliminate)|\\(?:lnot|neg|not|[xb]?cancel|sout|st)
      |(?:\A|[.!?][ ]?)(?:trap(?:[ ]answer)?|incorrect|wrong|false|not)!?
      |\bun?equal[ ]to|\bno[ ]way(?:[ ]it['’]?s|[ ]that[ ]it[ ]is)?)\Z""",
    re.VERBOSE,
)
_DENYING_CLAUSE = re.compile(
    r"""(?:\b(?:it(?:['’]s|[ ]is|[ ]would[ ]be)|is)[ ](?:\w+ly[ ])?(?:not[ ](?:true|the[ ]case|correct|right)|false|wrong
        |incorrect|untrue|a[ ](?:mistake|lie|trap))(?:[ ]to[ ]\w+)?[ ]that
      |\b(?:do|does|did|can|could|would)(?:[ ]not|n['’]t)[ ](?:think|believe|say|claim|agree|accept|conclude)
      |\bcannot[ ](?:accept|agree|conclude|say)|\b(?:disagree|doubt|deny|refuse)\b)
    (?![^.!?,;\n]*\b(?:so|but|thus|hence|therefore)\b)[^.!?,;\n]{0,70}\Z""",
    re.VERBOSE,
)
_DOUBTED = re.compile(
    r"""(?:\b(?:maybe|perhaps|probably|possibly|presumably|either|(?:my|i|a|best|wild|random)[ ]guess
        |guess(?:ing)?(?:[ ](?:is|it['’]s|at))?|(?:answer|result|solution|it|that)[ ](?:might|may|could)[ ]be
        |(?:could|might)[ ]also[ ]be|not[ ](?:sure|certain)[ ](?:if|whether|that)(?:[ ]it['’]?s?(?:[ ]is)?)?)
      |\b(?:might|may|could|not[ ]sure)\b[^.!?\n]{0,20}[ ]answer[ ](?:is|be)
      |\b(?:had[ ]to|i(?:['’](?:ll|d)|[ ]will|[ ]would)?|best|wild|random|just|educated)[ ]guess\b
        (?![^.!?\n]*\b(?:but|so|since)\b)[^.!?\n]{0,30})\Z""",
    re.VERBOSE,
)
_QUOTED = re.compile(
    r"""(?:\be\.g\.?,?|\bsomething[ ]like|\bin[ ]the[ ]format
      |\b(?:prompt|problem|question|user|instructions?|task|key|hint|someone|friend|he|she|they|you)[ ]
        (?:says?|said|claims?|claimed|told[ ]me)\b(?![^.!?\n]*\b(?:so|thus|hence|therefore|get)\b)[^.!?\n]{0,60}
      |\b(?:says?|said|claims?|claimed)[ :,]{0,2}(?:that[ ])?["“'‘][^"”.!?\n]{0,60})\Z""",
    re.VERBOSE,
)
_DENIED_AFTER = re.compile(
    r"""(?:[.,;:!…]{0,4}\s*(?:(?:but|no|however|actually|wait|sorry|and|though|oops|hmm|oh|ah|hold\ on)[,.!]?\s+){0,3}
        (?:that|this|it|which|the[ ]answer)?\s*)
    (?:(?:is|are|was|were|would[ ]be|must[ ]be|seems|looks|['’]s)\s+
        (?:(?:clearly|obviously|definitely|actually|probably|also|just|simply|all)\s+)?
        (?:wrong|incorrect|false|untrue|impossible|invalid|rejected|nonsense|excluded|ruled[ ]out|off\b
          |an?\s+(?:wrong|incorrect|false|bad)\b|an?\s+(?:\w+\s+)?(?:lie|joke|trap|mistake|error|distractor)
          |too\s+(?:large|small|big|high|low)\s*(?:[.,;!]|\Z)|not\s*(?:[.!]|\Z)|not\s+(?:correct|right|it\b|valid|what\b|true|(?:the|an?|my|our)\s+(?:\w+\s+){0,2}(?:answer|solution|result|value|number|choice|option)))
      |(?:is|was|are|were)n['’]t\s*(?:[.!]|\Z)|(?:never|no\ longer|excluded)\s*(?:[.!]|\Z)
      |(?:is|was|are|were)n['’]t\s+(?:correct|right|it\b|valid|what\b|true|(?:the|an?|my|our)\s+(?:\w+\s+){0,2}(?:answer|solution|result|value|number|choice|option))
      |(?:can['’]?t|cannot|can\s+not|could\s*n['’]t|could\s+not)\s+be\s*
        (?:right|correct|true|the\s+(?:\w+\s+)?answer|valid|so\b|it\b|[.!]|\Z)
      |(?:do|does|did)(?:n['’]t|\s+not)\s+(?:work|hold|fit|satisfy|count)
      |(?:fails|violates|contradicts)\b)
    | [.,;:!…]{0,4}\s*(?:\(?(?:wrong|incorrect|false|not)\)?\s*(?:[.!]|\Z)|(?:(?:just\s+)?kidding|jk|scratch\s+that|i\s+lied)\b
      |(?:but\s+)?i\s+(?:disagree|do(?:n['’]t|\s+not)\s+(?:agree|think|believe))|[✗✘❌✖])""",
    re.VERBOSE,
)
_DOUBTED_AFTER = re.compile(
    r"""[?]
    | [.,;:]?\s*\(?(?:or[ ](?:maybe|perhaps|possibly|else|so|not|another|otherwise|thereabouts|is[ ]it|it['’]?s?)\b|unless\b
      |(?:but[ ])?if[ ](?:that|this|it)(?:['’]s|[ ]is)(?:n['’]t|[ ](?:not|wrong|incorrect))\b|maybe\b|perhaps\b|probably\b|possibly\b
      |hypothetically\b|supposedly\b|allegedly\b|if[ ](?:so|true|not)\b|(?:could|might|may)[ ]be\s*[.!]
      |i[ ](?:think|guess)\b(?![ ]that|[ ]we)|not[ ]sure\b|(?:but|though|although)[ ]i(?:['’]m|[ ]am)[ ](?:not|un)
      |i(?:['’]m|[ ]am)[ ](?:not[ ](?:sure|certain)|unsure|guessing)
      |(?:but|though|although)[ ](?:it|that|this)[ ](?:could|might|may)\b
      |it[ ](?:could|might|may)[ ](?:also|instead|well)[ ]be\b)""",
    re.VERBOSE,
)
_OTHER_AFTER = re.compile(
    r"[.,;]?\s*\(?(?:or|/|alternatively,?|otherwise)\s*(?:is |it['’]s )?(?:\w=)?[\s$*(]{0,4}"
    rf"{_NUMBER}(?:[\s$]{{1,2}}(?P<word>[A-Za-z]{{1,12}}))?"
)
_REVISED = re.compile(
    r"\b(?:wait|actually|oops|sorry|correction|no|hmm|rather|instead|mistake|wrong|i meant?|make that"
    r"|on second thought)\b[^\n]{0,80}?(?:\b(?:is|be|are|that|meant?|to|correction|no|say)\b|=|:|,)"
    r"[\s*$]{0,4}(?:\\boxed\{)?(?P<number>[-+]?[\d.,/]*\d)"
    r"(?!\s?[-\d%+*/^=×·(\\]|\s+(?:fails?|is|does|was|would|can(?:not)?|also|works?)\b)",
    re.IGNORECASE,
)


def objection(response: str, span: Span, start: int, end: int, answer: str) -> MathReason | None:
    """Return why the words around `response[start:end]` keep it from being the answer, else None.

    Args:
        response: The visible response.
        span: The answer text in it.
        start: Offset of the answer.
        end: Offset behind it.
        answer: The answer's text.
    """
    unboxed = _unboxed(response[max(span.start, start - LOOK_BACK) : start])
    before = " ".join(unboxed.rstrip(_DECORATION).lower().split())
    closing = _CLOSING.match(response, end, span.end)
    behind = end if closing is None else closing.end()
    after = response[behind : min(span.end, behind + LOOK_AHEAD)]
    near = after[:_NEAR].lower()
    if (found := _objection_before(before, answer)) is not None:
        return found
    lead = read_lead(before)
    if lead.is_conditional:
        return MathReason.HEDGED_ANSWER
    behind_box = response[end : min(span.end, end + _NEAR)]
    is_operated = lead.is_operation or is_signed(unboxed) or goes_on(near, behind_box)
    if is_operated and not has_result(near):
        return MathReason.ANSWER_UNPARSABLE
    if not near:
        return None
    if _DENIED_AFTER.match(near):
        return MathReason.NEGATED_ANSWER
    if _DOUBTED_AFTER.match(near) or _names_another(near, answer):
        return MathReason.HEDGED_ANSWER
    return MathReason.SEVERAL_ANSWERS if _is_revised(after, answer) else None


def differ(left: str, right: str) -> bool:
    """Say whether two texts are plain numbers and not the same."""
    first, second = (read_plain(normal_text(clean_text(text))) for text in (left, right))
    return first is not None and second is not None and not may_equal(first, second)


def _unboxed(before: str) -> str:
    """Return the text before an answer without the command of the box that it stands in."""
    opening = before.removesuffix("{").rstrip()
    unboxed = opening.removesuffix(r"\boxed").removesuffix(r"\fbox")
    return before if unboxed == opening else unboxed


def _objection_before(before: str, answer: str) -> MathReason | None:
    if not before.endswith(_LAST_WORDS) and not any(map(before.__contains__, _HINTS)):
        return None
    if before.endswith("~~") or _DENIED.search(before) or _DENYING_CLAUSE.search(before):
        return MathReason.NEGATED_ANSWER
    if _DOUBTED.search(before) or _differs(_NUMBER_BEFORE.search(before), answer):
        return MathReason.HEDGED_ANSWER
    return MathReason.PROMPT_ECHO if _QUOTED.search(before) else None


def _names_another(near: str, answer: str) -> bool:
    other = _OTHER_AFTER.match(near)
    if other is None or (other["word"] and canonical_unit(other["word"]) is not None):
        return False  # 2 may be 120 minutes
    return _differs(other, answer)


def _is_revised(after: str, answer: str) -> bool:
    """Say whether `after` takes the answer back for another number, not for the same one."""
    revisions = list(_REVISED.finditer(after))
    return bool(revisions) and _differs(revisions[-1], answer)


def _differs(match: re.Match[str] | None, answer: str) -> bool:
    return match is not None and differ(match["number"], answer)

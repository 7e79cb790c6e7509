from __future__ import annotations

import pytest

from veridical.cli.exits import CommandError, ExitCode
from veridical.cli.golds.finding import Kind
from veridical.cli.golds.forms import doubt_about
from veridical.cli.golds.probing import judge, probe
from veridical.cli.golds.source import Gold
from veridical.client import Extraction, MathEvidence, MathTask, Outcome, Reason, Verdict

CORRECT = Verdict(outcome=Outcome.OUTCOME_CORRECT, reason=Reason.REASON_EQUAL)
INCORRECT = Verdict(outcome=Outcome.OUTCOME_INCORRECT, reason=Reason.REASON_NOT_EQUAL)


def _undecided(reason: Reason.ValueType, rule: str = "") -> Verdict:
    undecided = Outcome.OUTCOME_UNDECIDED
    return Verdict(outcome=undecided, reason=reason, detail="why", math=MathEvidence(rule=rule))


def _gold(text: str) -> Gold:
    return Gold(MathTask(gold=text), [3, 5])


CLEAR = [
    *("18", "1,234", "1,000,000", "1,2", "-1/2", "1/2 x", "x/2", "1/2", "2x", "(3, 4)", "(1, 234)"),
    *(r"\log_2 8", r"\ln 2", r"\sin 30^\circ", r"\sin x", r"\sin 3x", r"\frac{\pi}{2}", "5 m"),
    *("5 km/h", "1/2/3", "E=mc^2", "e", "percent", "3:2", "[0,1)", r"\{1,2\}", "log cabin"),
]


@pytest.mark.parametrize("gold", CLEAR)
def test_what_is_clear_raises_no_doubt(gold: str) -> None:
    assert doubt_about(gold) is None


DOUBTFUL = [
    (r"10\%", [r"\frac{10}{100}", "10"]),
    ("-2,74", ["-2.74", "-2, 74"]),
    ("(1,234)", ["(1, 234)", "1234"]),
    ("1/2x", [r"\frac{1}{2} x", r"\frac{1}{2 x}"]),
    (r"x + 3/4\pi", [r"x + \frac{3}{4} \pi", r"x + \frac{3}{4 \pi}"]),
    ("1/2sqrt(3)+1", [r"\frac{1}{2} sqrt(3)+1", r"\frac{1}{2 sqrt(3)}+1"]),
    (r"2\log 5", [r"2\ln 5", r"2\log_{10} 5"]),
    ("log(5)", [r"\ln (5)", r"\log_{10} (5)"]),
    (r"\cos(60)", [r"\cos(60^\circ)"]),
    ("5m", ["5", r"\frac{2 \cdot 5 \cdot m}{2}"]),
    ("12:30", [r"\frac{12}{30}"]),
    ("1/2/2004", [r"\frac{1}{2 \cdot 2004}"]),
    ("E", [r"\exp(1)", "(E)"]),
    (r"$10\%$", [r"\frac{10}{100}", "10"]),
    (r"Hence \boxed{2,74} it is", ["2.74", "2, 74"]),
    ("She pays\n#### 5%", [r"\frac{5}{100}", "5"]),
]


@pytest.mark.parametrize(("gold", "meanings"), DOUBTFUL)
def test_what_a_doubtful_gold_may_mean(gold: str, meanings: list[str]) -> None:
    doubt = doubt_about(gold)
    assert doubt is not None
    assert [meaning.answer for meaning in doubt.meanings] == meanings


@pytest.mark.parametrize("filler", ["1/", r"\sqrt{", "1/2sqrt(", "log", r"\boxed{", "#### ", "$"])
def test_looking_for_doubt_takes_linear_time(filler: str) -> None:
    doubt_about(filler * 20_000)


def test_a_gold_is_held_against_itself_wherever_answers_may_stand() -> None:
    only_tags = MathTask(gold="7", extraction=[Extraction.EXTRACTION_ANSWER_TAGS])
    itself, stranger = probe(0, Gold(only_tags, [1])).items
    assert itself.response == r"\boxed{7}"
    assert not itself.task.math.extraction
    assert len({itself.id, stranger.id, *(item.id for item in probe(1, _gold("7")).items)}) == 4


@pytest.mark.parametrize("gold", ["so\n#### 18", r"thus \boxed{18}"])
def test_a_whole_solution_is_an_answer_already(gold: str) -> None:
    assert probe(0, _gold(gold)).items[0].response == gold


BROKEN = [
    ("x", INCORRECT, INCORRECT, Kind.NOT_ITSELF),
    ("x", CORRECT, CORRECT, Kind.EQUALS_ANYTHING),
    ("x", _undecided(Reason.REASON_GOLD_UNPARSABLE), INCORRECT, Kind.UNPARSABLE),
    ("x", CORRECT, _undecided(Reason.REASON_GOLD_UNPARSABLE, "limits"), Kind.UNPARSABLE),
    ("x", CORRECT, _undecided(Reason.REASON_VERIFIER_TIMEOUT), Kind.COSTLY),
    ("x", CORRECT, _undecided(Reason.REASON_VERIFIER_MEMORY), Kind.COSTLY),
    ("x", _undecided(Reason.REASON_INVALID_ITEM), INCORRECT, Kind.UNPARSABLE),
    ("", _undecided(Reason.REASON_GOLD_UNPARSABLE), INCORRECT, Kind.UNPARSABLE),
]


@pytest.mark.parametrize(("gold", "itself", "stranger", "kind"), BROKEN)
def test_a_broken_gold(gold: str, itself: Verdict, stranger: Verdict, kind: Kind) -> None:
    finding = judge(probe(0, _gold(gold)), [itself, stranger])
    assert finding is not None
    assert (finding.kind, finding.lines, finding.gold) == (kind, (3, 5), gold)
    assert finding.problem
    assert finding.mend


AMBIGUOUS = [
    ("10%", [CORRECT, INCORRECT, INCORRECT], "taken as 10/100; not taken as 10 without the sign"),
    ("10%", [CORRECT, CORRECT, INCORRECT], None),
    ("1/2x", [INCORRECT, CORRECT, INCORRECT], "taken as 1/(2x); not taken as (1/2) times x"),
    ("1/1x", [CORRECT, CORRECT, CORRECT], None),
    ("12:30", [CORRECT], "taken as a ratio"),
    ("12:30", [INCORRECT], None),
    ("E", [INCORRECT, CORRECT, INCORRECT], None),
    ("E", [CORRECT, CORRECT, INCORRECT], "taken as Euler's number and as the choice (E)"),
]


@pytest.mark.parametrize(("gold", "meant", "problem"), AMBIGUOUS)
def test_the_verifier_says_what_is_ambiguous(
    gold: str, meant: list[Verdict], problem: str | None
) -> None:
    asked = probe(0, _gold(gold))
    assert len(asked.items) == 2 + len(meant)
    finding = judge(asked, [CORRECT, INCORRECT, *meant])
    told = None if finding is None else (finding.kind, finding.problem)
    assert told == (None if problem is None else (Kind.AMBIGUOUS, problem))


def test_what_is_broken_is_not_called_ambiguous() -> None:
    finding = judge(probe(0, _gold("12:30")), [INCORRECT, INCORRECT, CORRECT])
    assert finding is not None
    assert finding.kind is Kind.NOT_ITSELF


def test_a_fault_of_the_services_is_no_finding() -> None:
    overloaded = _undecided(Reason.REASON_OVERLOADED)
    with pytest.raises(CommandError, match="overloaded: why") as caught:
        judge(probe(0, _gold("7")), [CORRECT, overloaded])
    assert caught.value.code is ExitCode.SERVICES

"""What probes found, told in words that follow from the figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from veridical.evaluation.analysis import Analysis, Settings, analyse
from veridical.evaluation.bootstrap import Resampling
from veridical.evaluation.counts import counts_of
from veridical.evaluation.material import Material
from veridical.evaluation.page.html import page
from veridical.evaluation.probes.coherence import Coherence
from veridical.evaluation.probes.findings import Findings, Remembered
from veridical.evaluation.probes.guessing import guessable
from veridical.evaluation.probes.perplexity import Perplexities
from veridical.evaluation.probes.plan import ProbePlan
from veridical.evaluation.probes.spurious import Spurious
from veridical.evaluation.probes.tables import probe_tables
from veridical.evaluation.probes.words import probe_words

NOTHING = Findings(ProbePlan(), (), 0, (), None, (), (), (), ())
DIRECT = tuple(
    counts_of(name, [("a", 24, a), ("b", 24, b)]) for name, a, b in (("base", 1, 0), ("rl", 0, 20))
)


def analysed(*groups: str) -> Analysis:
    rows = {"base": 3, "rl": 1}
    models = [counts_of(name, [(each, 8, c) for each in groups]) for name, c in rows.items()]
    return analyse(models, Settings(Resampling(20)))


def told(found: Findings, without: Analysis | None = None) -> str:
    return "\n".join(sentence for _, sentence in probe_words(found, analysed("a", "b"), without))


def memory(model: str, exact: float, *, is_control: bool) -> Remembered:
    return Remembered(model, is_control, 0.6, 20, exact / 2, exact, 20, exact)


def rewards(verifier: float, boxed: float) -> tuple[Spurious, ...]:
    return tuple(
        Spurious(reward, model, 40, mean, 0.5)
        for reward, gain in (("verifier", verifier), ("boxed", boxed))
        for model, mean in (("base", 0.1), ("rl", 0.1 + gain))
    )


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        (
            {
                "perplexity": tuple(
                    Perplexities("base", w, 8, m, 1, 9) for w, m in (("base", 2), ("rl", 1.5))
                )
            },
            "rl at a median perplexity of 1.50, its own at 2.00: they are at least as likely",
        ),
        (
            {
                "perplexity": tuple(
                    Perplexities("base", w, 8, m, 1, 9) for w, m in (("base", 2), ("rl", 3))
                )
            },
            "they are less likely to it than its own",
        ),
        ({"by_text": 7}, "7 scores are of texts cut into tokens again"),
        (
            {"direct": DIRECT, "guessable": guessable(DIRECT)},
            "below 5 %, by the better model): 1; answered without reasoning (5 % or more): 1; never: 0.",
        ),
        (
            {"direct": DIRECT, "guessable": guessable(DIRECT)},
            "rl is right in 41.7 % of its answers without reasoning, and in 12.5 % of its samples",
        ),
        (
            {"memory": (memory("rl", 0.6, is_control=False), memory("rl", 0.1, is_control=True))},
            "by word in 60.0 % (control 10.0 %), with ROUGE-L 30.0 (control 5.0), and answers 60.0 % right",
        ),
        (
            {"memory": (memory("rl", 0.6, is_control=False), memory("rl", 0.1, is_control=True))},
            "it may have met these problems",
        ),
        (
            {"memory": (memory("rl", 0.1, is_control=False), memory("rl", 0.1, is_control=True))},
            "no sign that it has met them",
        ),
        ({"spurious": rewards(0.1, 0.6)}, "boxed +60.0; the form changed more than the answers."),
        (
            {"spurious": rewards(0.3, 0.1)},
            "moves by +30.0 points, rewards of the form alone: boxed +10.0.",
        ),
        (
            {"coherence": (Coherence("rl", True, 9, 4, 3, 2, 8, 0.5, 0.7),)},
            "Right responses of rl: 9. Their steps are valid as a whole in 4, invalid in 3",
        ),
    ],
)
def test_sentences_follow_from_the_figures(more, wanted) -> None:
    assert wanted in told(replace(NOTHING, **more))


def test_what_is_left_without_guesses_is_told() -> None:
    found = replace(NOTHING, direct=DIRECT, guessable=guessable(DIRECT))
    assert "Guessed: a." in told(found)
    text = told(found, analysed("b"))
    assert "Without the guessed ones, 1 problem: base pass@8 100.0, rl pass@8 100.0." in text


def test_nothing_found_is_said_and_shown_without_figures() -> None:
    text = told(NOTHING)
    assert "No direct answers" in text
    assert "No response was examined" in text
    content = page(Material(analysed("a", "b"), (1, 8), findings=NOTHING))
    assert content.count("<h2>") == 9
    assert all(table.rows == () for table in probe_tables(NOTHING))
    none = replace(NOTHING, plan=ProbePlan(()))
    assert "None was asked for" in page(Material(analysed("a"), (1,), findings=none))

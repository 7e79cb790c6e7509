"""The parts of probes: prompts, controls, what is kept, and what is said where something cannot be done."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.proof_pb2 import (
    GLOBAL_VALIDITY_INVALID,
    GLOBAL_VALIDITY_UNDETERMINED,
    GLOBAL_VALIDITY_VALID,
    ProofEvidence,
    ProofTask,
)
from veridical.api.v1.sampling_pb2 import Sample, SamplingSettings
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.client.errors import InvalidRequestError
from veridical.evaluation.errors import RunError
from veridical.evaluation.probes.asking import Outcomes
from veridical.evaluation.probes.coherence import coherence, proof_task
from veridical.evaluation.probes.findings import Note
from veridical.evaluation.probes.memorisation import SHARES
from veridical.evaluation.probes.plan import EVERY, Probe, probes_named
from veridical.evaluation.probes.questions import (
    bare_problems,
    control_problems,
    direct_questions,
    recall_questions,
)
from veridical.evaluation.probes.spurious import spurious
from veridical.evaluation.probes.store import Answer, Score, open_probes
from veridical.evaluation.probes.words import note_words
from veridical.evaluation.problems.arithmetic import long_sums
from veridical.evaluation.runs.plan import Plan
from veridical.evaluation.runs.store import open_run

LINES = st.lists(st.text("ab ", max_size=3), min_size=1, max_size=4)


def problem(name: str, prompt: str, gold: str = "7") -> Item:
    return Item(group=name, prompt=prompt, task=Task(math=MathTask(gold=gold)))


def test_what_all_prompts_share_is_no_part_of_the_problem() -> None:
    prompts = [f"Solve.\nTom has {n} pens.\nHow many?\nBox it." for n in (3, 4)]
    assert [(each.before, each.problem) for each in bare_problems(prompts)] == [
        ("Solve.\n", "Tom has 3 pens."),
        ("Solve.\n", "Tom has 4 pens."),
    ]
    (alone,) = bare_problems(prompts[:1])
    assert (alone.before, alone.problem) == ("", prompts[0])


@given(st.lists(LINES, min_size=2, max_size=4), LINES, LINES)
def test_no_problem_is_taken_away_whole(
    bodies: list[list[str]], first: list[str], last: list[str]
) -> None:
    prompts = ["\n".join([*first, *body, *last]) for body in bodies]
    for prompt, bare in zip(prompts, bare_problems(prompts), strict=True):
        assert prompt.startswith(bare.before)
        assert bare.problem in prompt


def test_direct_questions_leave_no_room_to_reason() -> None:
    problems = [
        problem("a", "2 + 5?"),
        Item(group="b", prompt="prove it", task=Task(proof=ProofTask())),
    ]
    sampling = SamplingSettings(temperature=0.6, max_tokens=900, stop=["STOP"])
    (plain,) = direct_questions(problems, Plan(4, (3,), sampling))
    assert (plain.name, plain.lead) == ("a", "\\boxed{")
    assert plain.request.prompt == "2 + 5?\n\\boxed{"
    assert (plain.request.settings.max_tokens, plain.request.settings.seed) == (32, 3)
    assert list(plain.request.settings.stop) == ["\n"]
    (chat,) = direct_questions(problems, Plan(4, (3,), sampling, chat=True))
    assert chat.lead == ""
    assert "without any reasoning" in chat.request.messages.messages[0].content[0].text


def test_recall_is_asked_for_greedily_and_with_room_for_what_is_hidden() -> None:
    text = " ".join(["word"] * 100)
    problems = [
        problem("a", f"{text} a\nBox."),
        problem("b", f"{text} b\nBox."),
        problem("c", "one\nBox."),
    ]
    plan = Plan(4, sampling=SamplingSettings(temperature=0.6, max_tokens=8))
    asked = {share: list(recall_questions(problems, plan, share)) for share in SHARES}
    for share, questions in asked.items():
        assert [each.name for each in questions] == ["a", "b"], "one word cannot be cut"
        settings = questions[0].request.settings
        assert (settings.temperature, settings.top_p) == (0.0, 1.0)
        assert len(questions[0].request.prompt.split()) == round(101 * share + 0.49)
        assert settings.max_tokens > (1 - share) * len(text) / 4


def test_the_control_is_as_long_as_the_problems_and_true() -> None:
    problems = [problem(str(n), f"Read:\n{' '.join(['word'] * 13)} {n}\nBox.") for n in range(60)]
    controls = control_problems(problems, 0)
    assert len(controls) == 50
    for item in controls:
        assert item.prompt.startswith("Read:\nQ: What is ")
        expression = item.prompt.removeprefix("Read:\nQ: What is ").removesuffix("?")
        assert eval(expression) == int(item.task.math.gold)
        assert abs(len(item.prompt.split()) - 15) <= 1
    assert [each.prompt for each in control_problems(problems, 1)] != [e.prompt for e in controls]
    assert len({each.prompt for each in long_sums(50, 9, 0)}) == 50


def test_probes_are_kept_once_and_found_again(tmp_path: Path) -> None:
    with open_run(tmp_path, {}, [problem("a", "2 + 5?")]) as run:
        run.add_samples("base", [Sample(group="a", sample_index=n, text="7") for n in range(2)])
        keys = [each.key for each in run.drawn()]
        for _ in range(2):
            with open_probes(tmp_path) as store:
                store.add_scores("rl", [Score(keys[0], 3, 1.5, is_exact=True)])
                store.add_scores("rl", [Score(keys[0], 9, 9.5, is_exact=False)])
                assert store.scores("rl") == [Score(keys[0], 3, 1.5, is_exact=True)]
                assert store.scores("base") == []
                drawn = Sample(group="a", sample_index=4, text="7}")
                answers = [Answer("a", 4, drawn, Verdict(id="x")), Answer("a", 5, drawn, None)]
                store.add_answers("guessing", "rl", answers)
                assert store.answers("guessing", "rl") == answers
                store.add_verdicts("coherence", [(keys[1], Verdict(id="y"))])
                assert store.verdicts("coherence") == {keys[1]: Verdict(id="y")}
                assert store.verdicts("random") == {}


def test_coherence_is_summed_up_with_its_coverage() -> None:
    found = [
        ProofEvidence(global_validity=GLOBAL_VALIDITY_VALID, local_coherence=1.0, coverage=1.0),
        ProofEvidence(global_validity=GLOBAL_VALIDITY_INVALID, local_coherence=0.5, coverage=0.5),
        ProofEvidence(global_validity=GLOBAL_VALIDITY_UNDETERMINED),
        ProofEvidence(),
    ]
    row = coherence("m", is_right=True, found=found)
    assert row is not None
    assert (row.responses, row.valid, row.invalid, row.open, row.paired) == (3, 1, 1, 1, 2)
    assert (row.coherence, row.coverage) == (0.75, 0.75)
    assert coherence("m", is_right=True, found=found[3:]) is None


def test_steps_are_examined_where_there_may_be_some() -> None:
    made = proof_task(problem("a", "2 + 5?"))
    assert made is not None
    assert (made.proof.problem, made.proof.gold) == ("2 + 5?", "7")
    own = Item(task=Task(proof=ProofTask(problem="p")))
    assert proof_task(own) == own.task
    assert proof_task(Item()) is None
    assert proof_task(problem("a", "x" * 70_000)) is None


def test_a_reward_is_compared_on_responses_that_have_both() -> None:
    found = spurious(
        "boxed", "m", {1: 1.0, 2: 1.0, 3: 0.0, 9: 1.0}, {1: 1.0, 2: 0.0, 3: 0.0, 4: 1.0}
    )
    assert found is not None
    assert (found.responses, found.mean, found.agreement) == pytest.approx((3, 2 / 3, 2 / 3))
    assert spurious("boxed", "m", {1: 1.0}, {2: 1.0}) is None


def test_probes_are_named() -> None:
    assert probes_named("all") == EVERY
    assert probes_named("none") == ()
    assert probes_named("spurious, perplexity") == (Probe.PERPLEXITY, Probe.SPURIOUS)
    for bad in ("luck", "", "all,perplexity"):
        with pytest.raises(RunError, match="probes: "):
            probes_named(bad)


def test_what_could_not_be_done_is_told() -> None:
    outcomes = Outcomes(left=2, unsupported=1)
    outcomes.refuse(InvalidRequestError("no log-probabilities\x1b[2J of prompts"), 3)
    told = note_words(Note(Probe.PERPLEXITY, "base", outcomes))
    assert "3 refused by the sampler (no log-probabilities [2J of prompts)" in told
    assert "no server judges" in told
    assert "2, since a service was out of reach" in told

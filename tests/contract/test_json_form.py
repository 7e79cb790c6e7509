"""Pins protobuf's JSON form of items and verdicts: one file of `golden/` for each kind.

Each golden file is held against a message built here, in both directions. A file that differs is a
change of the contract: other people's files and clients read this form.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from google.protobuf.json_format import MessageToDict, Parse
from google.protobuf.message import Message

from veridical.api.v1 import code_pb2 as code
from veridical.api.v1 import math_pb2 as math
from veridical.api.v1 import proof_pb2 as proof
from veridical.api.v1.format_pb2 import FormatEvidence, FormatTask
from veridical.api.v1.item_pb2 import FINISH_REASON_LENGTH, FINISH_REASON_STOP, Item, Trace
from veridical.api.v1.task_pb2 import (
    OUTCOME_CORRECT,
    OUTCOME_INCORRECT,
    OUTCOME_UNDECIDED,
    AllTask,
    ControlTask,
    RandomControl,
    Task,
)
from veridical.api.v1.verdict_pb2 import (
    REASON_ALL_CORRECT,
    REASON_CONTROL,
    REASON_EQUAL,
    REASON_FORMAT_MISMATCHED,
    REASON_GOLD_UNPARSABLE,
    REASON_NOT_EQUAL,
    REASON_STEP_CONTRADICTED,
    REASON_WRONG_ANSWER,
    AllEvidence,
    ControlEvidence,
    Timings,
    Verdict,
    VerifierInfo,
)
from veridical.client import jsonl

GOLDEN = Path(__file__).parent / "golden"
TASKS = {
    "math": Task(
        math=math.MathTask(
            gold="1/2",
            percent=math.PERCENT_POLICY_SIGN_OPTIONAL,
            units=math.UNIT_POLICY_REQUIRED,
            order=math.ORDER_POLICY_STRICT,
            rtol=0.0,
            atol=0.0,
            ignore_variable_names=True,
            extraction=[math.EXTRACTION_BOXED, math.EXTRACTION_HASHES],
        )
    ),
    "code_asserts": Task(
        code=code.CodeTask(
            language="python",
            extraction=code.CODE_EXTRACTION_LAST_FENCED_BLOCK,
            limits=code.Limits(cpu_seconds=2.5, wall_seconds=10, memory_mib=256, processes=1),
            allow_shared_interpreter=True,
            asserts=code.AssertTests(entry_point="add", test_code="assert add(1, 2) == 3"),
        )
    ),
    "code_calls": Task(
        code=code.CodeTask(
            language="python",
            calls=code.CallTests(
                entry_point="Solution.add",
                cases=[code.CallCase(args="[1, 2]", expected="3")],
                encoding=code.VALUE_ENCODING_PYTHON_LITERAL,
                compare=code.Compare(mode=code.COMPARE_MODE_FLOATS, rtol=1e-6, atol=0.0),
                compare_mutated_args=True,
            ),
        )
    ),
    "code_stdio": Task(
        code=code.CodeTask(
            language="cpp",
            stdio=code.StdioTests(
                cases=[code.StdioCase(stdin="1 2\n", expected_stdout="3\n")],
                compare=code.Compare(
                    mode=code.COMPARE_MODE_CHECKER,
                    checker=code.Checker(language="python", source="print('ok')"),
                ),
                interactor=code.Checker(language="python", source="print(1)"),
            ),
        )
    ),
    "code_files": Task(
        code=code.CodeTask(
            language="python",
            files=code.FileTests(
                solution_path="add.py",
                files=[code.File(path="test_add.py", content="import add\n")],
                runner=code.RUNNER_UNITTEST,
            ),
        )
    ),
    "proof": Task(
        proof=proof.ProofTask(
            problem="Let x = 2.",
            gold="4",
            format=proof.PROOF_FORMAT_PLAIN,
            domain=proof.DOMAIN_INTEGER,
            accept=proof.PROOF_ACCEPT_UNREFUTED,
            min_coverage=0.0,
            below_coverage=proof.BELOW_COVERAGE_INCORRECT,
        )
    ),
    "format": Task(
        format=FormatTask(think_tags=True, answer_tags=True, boxed_answer=True, full_match=".+")
    ),
    "control_random": Task(control=ControlTask(random=RandomControl(probability=0.0, seed=7))),
    "control_inverse": Task(
        control=ControlTask(inverse=Task(math=math.MathTask(gold="1/2"))),
    ),
    "control_constant": Task(control=ControlTask(constant=OUTCOME_CORRECT)),
    "all": Task(
        all=AllTask(
            tasks=[Task(math=math.MathTask(gold="1/2")), Task(format=FormatTask(think_tags=True))]
        )
    ),
}
ITEMS = {
    **{
        f"item_{kind}": Item(
            id="7",
            task=task,
            response="... \\boxed{0.5}",
            prompt="Halve 1.",
            group="halves",
            sample_index=0,
            finish_reason=FINISH_REASON_STOP,
            labels={"model": "6b"},
        )
        for kind, task in TASKS.items()
    },
    "item_least": Item(id="7", task=Task(math=math.MathTask(gold="1/2")), response=""),
    "item_shared_task_and_trace": Item(
        id="8",
        task_id="halves",
        trace=Trace(steps=["x = 2", "x + 2 = 4"]),
        finish_reason=FINISH_REASON_LENGTH,
    ),
}

INFO = VerifierInfo(name="math", version="0.1.0", fingerprint="0" * 32, instance="host:1")


def _judged(**fields: object) -> Verdict:
    """A verdict of the item `7` with everything echoed; `fields` say what was found."""
    echoed = Verdict(
        id="7",
        group="halves",
        sample_index=0,
        labels={"model": "6b"},
        timings=Timings(total_seconds=0.25, run_seconds=0.125),
        verifier=INFO,
    )
    echoed.MergeFrom(Verdict(**fields))  # type: ignore[arg-type]
    return echoed


VERDICTS = {
    "verdict_math": _judged(
        outcome=OUTCOME_INCORRECT,
        reward=0.0,
        reason=REASON_NOT_EQUAL,
        math=math.MathEvidence(
            extracted="0.4",
            answer_start=0,
            answer_end=3,
            extraction=math.EXTRACTION_BARE,
            gold_normal="1/2",
            answer_normal="0.4",
            rule="number",
            policy=math.MathTask(percent=math.PERCENT_POLICY_VALUE),
            refuting_point=math.RefutingPoint(
                assignment={"x": "0"}, gold_value="1/2", answer_value="2/5"
            ),
        ),
    ),
    "verdict_code": _judged(
        outcome=OUTCOME_INCORRECT,
        reward=0.0,
        reason=REASON_WRONG_ANSWER,
        score=0.0,
        borderline=True,
        code=code.CodeEvidence(
            program="print(1)",
            program_start=0,
            program_end=8,
            isolation="process",
            tests=2,
            results=[
                code.TestEvidence(
                    name="0", reason="wrong_answer", expected="2", actual="1", cpu_seconds=0.5
                )
            ],
            attempts=["socket"],
        ),
    ),
    "verdict_proof": _judged(
        outcome=OUTCOME_INCORRECT,
        reward=0.0,
        reason=REASON_STEP_CONTRADICTED,
        proof=proof.ProofEvidence(
            first_error=0,
            local_coherence=0.0,
            coherence_lower=0.0,
            coherence_upper=0.0,
            coverage=0.0,
            global_validity=proof.GLOBAL_VALIDITY_INVALID,
            first_error_kind=proof.ERROR_KIND_CALCULATION,
            downstream_consistent=False,
            validity_reason=proof.VALIDITY_REASON_STEP_CONTRADICTED,
            downstream=proof.DOWNSTREAM_REPAIRED,
            gold_matched=False,
            step_coverage=0.0,
            steps=[
                proof.StepEvidence(
                    start=0,
                    end=9,
                    verdict=proof.CLAIM_VERDICT_CONTRADICTED,
                    claims=[
                        proof.ClaimEvidence(
                            text="1 + 1 = 3",
                            verdict=proof.CLAIM_VERDICT_CONTRADICTED,
                            method="arithmetic",
                            premises=[-1, 0],
                            counterexample={"x": "0"},
                            start=0,
                            end=9,
                            role=proof.CLAIM_ROLE_DERIVED,
                            open=proof.OPEN_REASON_UNKNOWN,
                            error=proof.ERROR_KIND_CALCULATION,
                        )
                    ],
                    pair=proof.CLAIM_VERDICT_CONTRADICTED,
                    inherits=True,
                    unread=["x =="],
                )
            ],
            warnings=[proof.Warning(step=0, kind="ungrounded_operand", text="3")],
        ),
    ),
    "verdict_format": _judged(
        outcome=OUTCOME_INCORRECT,
        reward=0.0,
        reason=REASON_FORMAT_MISMATCHED,
        format=FormatEvidence(missed=["think_tags"], offset=0),
    ),
    "verdict_control": _judged(
        outcome=OUTCOME_CORRECT,
        reward=1.0,
        reason=REASON_CONTROL,
        control=ControlEvidence(draw=0.0),
    ),
    "verdict_all": _judged(
        outcome=OUTCOME_CORRECT,
        reward=1.0,
        reason=REASON_ALL_CORRECT,
        cached=True,
        all=AllEvidence(
            parts=[Verdict(outcome=OUTCOME_CORRECT, reward=1.0, reason=REASON_EQUAL)],
        ),
    ),
    "verdict_undecided": _judged(
        outcome=OUTCOME_UNDECIDED, reason=REASON_GOLD_UNPARSABLE, detail="task.math.gold: empty"
    ),
}
MESSAGES: dict[str, Message] = {**ITEMS, **VERDICTS}


def test_every_kind_has_a_golden_file() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(MESSAGES)
    kinds = {item.task.WhichOneof("kind") for item in ITEMS.values() if item.HasField("task")}
    assert kinds == {field.name for field in Task.DESCRIPTOR.oneofs_by_name["kind"].fields}
    evidence = {verdict.WhichOneof("evidence") for verdict in VERDICTS.values()} - {None}
    assert evidence == {
        field.name for field in Verdict.DESCRIPTOR.oneofs_by_name["evidence"].fields
    }


@pytest.mark.parametrize("name", MESSAGES)
def test_written_form(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text())
    assert MessageToDict(MESSAGES[name], preserving_proto_field_name=True) == golden


@pytest.mark.parametrize("name", MESSAGES)
def test_read_form(name: str) -> None:
    message = MESSAGES[name]
    assert Parse((GOLDEN / f"{name}.json").read_text(), type(message)()) == message


@pytest.mark.parametrize("name", ITEMS)
def test_the_client_reads_and_writes_items_so(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text())
    assert json.loads(jsonl.item_to_json(ITEMS[name])) == golden
    assert jsonl.item_from_json(json.dumps(golden)) == ITEMS[name]


@pytest.mark.parametrize("name", VERDICTS)
def test_the_client_reads_and_writes_verdicts_so(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text())
    assert json.loads(jsonl.verdict_to_json(VERDICTS[name])) == golden
    assert jsonl.verdict_from_json(json.dumps(golden)) == VERDICTS[name]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("verdict_math", "reward"),
        ("verdict_math", "sample_index"),
        ("verdict_math", "math.answer_start"),
        ("verdict_code", "score"),
        ("verdict_code", "code.program_start"),
        ("verdict_proof", "proof.first_error"),
        ("verdict_proof", "proof.local_coherence"),
        ("verdict_proof", "proof.step_coverage"),
        ("verdict_control", "control.draw"),
        ("item_math", "sample_index"),
        ("item_math", "task.math.rtol"),
        ("item_control_random", "task.control.random.probability"),
    ],
)
def test_a_zero_that_means_something_is_written(name: str, path: str) -> None:
    value = json.loads((GOLDEN / f"{name}.json").read_text())
    for key in path.split("."):
        value = value[key]
    assert value == 0


def test_an_undecided_verdict_has_no_reward() -> None:
    assert "reward" not in json.loads((GOLDEN / "verdict_undecided.json").read_text())


def test_enum_values_of_a_newer_server_are_tolerated() -> None:
    line = '{"id": "7", "outcome": "OUTCOME_UNDECIDED", "reason": "REASON_OF_THE_FUTURE"}'
    assert jsonl.verdict_from_json(line).outcome == OUTCOME_UNDECIDED
    numbered = Verdict.FromString(Verdict(id="7", reason=9999).SerializeToString())  # type: ignore[arg-type]
    assert json.loads(jsonl.verdict_to_json(numbered))["reason"] == 9999
    assert jsonl.verdict_from_json('{"id": "7", "reason": 9999}').reason == 9999

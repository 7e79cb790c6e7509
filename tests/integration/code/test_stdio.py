"""Programs on given input, through a real server and real cells."""

from __future__ import annotations

from typing import Any

import pytest

from veridical.api.v1.code_pb2 import CodeTask
from veridical.client import Client, Item, Task, Verdict, outcome_name, reason_name

DOUBLE = "print(2 * int(input()))"
CASES = [{"stdin": "3", "expected_stdout": "6"}, {"stdin": "-4\n", "expected_stdout": "-8\n"}]


def item(
    source: str,
    cases: list[dict[str, str]] | None = None,
    *,
    language: str = "python",
    limits: dict[str, Any] | None = None,
    item_id: str = "1",
    **stdio: Any,
) -> Item:
    tests = {"cases": CASES if cases is None else cases, **stdio}
    task = CodeTask(language=language, stdio=tests, limits=limits or {})
    return Item(id=item_id, task=Task(code=task), response=f"```{language}\n{source}\n```")


def told(verdict: Verdict) -> tuple[str, str]:
    return outcome_name(verdict.outcome), reason_name(verdict.reason)


NOTHING = [{"stdin": "", "expected_stdout": "\n"}]
FAST = {"cpu_seconds": 0.5, "wall_seconds": 1.5}
REASONS: dict[str, tuple[Item, str]] = {
    "right": (item(DOUBLE), "tests_passed"),
    "wrong": (item("print(6)"), "wrong_answer"),
    "raises": (item("print(6); 1 / 0"), "runtime_error"),
    "status": (item("import sys; print(2 * int(input())); sys.exit(1)"), "runtime_error"),
    "syntax": (item("print("), "compile_error"),
    "compiles for long": (
        item(f"x = [{'[0], ' * 150_000}]", NOTHING, limits={"cpu_seconds": 0.05}),
        "compile_error",
    ),
    "loud loop": (
        item("import sys\nwhile True: sys.stderr.write('x' * 9000)", NOTHING, limits=FAST),
        "time_limit",
    ),
    "loop": (item("while True: pass", NOTHING, limits=FAST), "time_limit"),
    "sleep": (item("import time; time.sleep(60)", NOTHING, limits=FAST), "time_limit"),
    "memory": (item("x = [0] * 10**9", NOTHING), "memory_limit"),
    "resident": (
        item("x = bytearray(1 << 28)\nwhile 1: x += x[:1 << 26]", NOTHING),
        "memory_limit",
    ),
    "flood": (
        item("while True: print('x' * 1000)", NOTHING, limits={"output_kib": 64}),
        "output_limit",
    ),
    "not UTF-8": (
        item("import os; os.write(1, b'\\xff')", [{"expected_stdout": "\ufffd"}]),
        "wrong_answer",
    ),
    "kills its first process": (item("import os; os.kill(1, 9); " + DOUBLE), "tests_passed"),
}


@pytest.mark.parametrize(("sent", "reason"), REASONS.values(), ids=REASONS)
def test_reasons(client: Client, sent: Item, reason: str) -> None:
    verdict = client.verify(sent, timeout=60)
    outcome = "correct" if reason == "tests_passed" else "incorrect"
    assert told(verdict) == (outcome, reason), verdict
    assert verdict.code.isolation == "process"


def test_evidence_names_the_first_failed_test(client: Client) -> None:
    cases = [
        *CASES,
        {"stdin": "5", "expected_stdout": "11"},
        {"stdin": "6", "expected_stdout": "1"},
    ]
    verdict = client.verify(item(DOUBLE, cases), timeout=60)
    assert told(verdict) == ("incorrect", "wrong_answer")
    assert verdict.detail == "test 3, line 1"
    assert (verdict.code.tests, verdict.code.passed, verdict.score) == (4, 2, 0.5)
    first = verdict.code.results[0]
    assert (first.name, first.reason, first.expected, first.actual) == (
        "3",
        "wrong_answer",
        "11",
        "10",
    )
    assert [result.name for result in verdict.code.results] == ["3", "1", "2"]
    assert verdict.code.program == DOUBLE + "\n"
    assert verdict.timings.run_seconds > 0


CHECKER = {
    "language": "python",
    "source": "import sys\n"
    "given, output, expected = (open(name).read().split() for name in sys.argv[1:])\n"
    "if output == ['crash']: import os; os.abort()\n"
    "sys.exit(sorted(output) != sorted(given))",
}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("print(*reversed(input().split()))", "tests_passed"),
        ("print(1)", "wrong_answer"),
        ("print('crash')", "wrong_answer"),
    ],
)
def test_a_checker_decides(client: Client, source: str, reason: str) -> None:
    compare = {"mode": "COMPARE_MODE_CHECKER", "checker": CHECKER}
    cases = [{"stdin": "1 2 3", "expected_stdout": "1 2 3"}]
    verdict = client.verify(item(source, cases, compare=compare), timeout=60)
    assert reason_name(verdict.reason) == reason, verdict


@pytest.mark.parametrize("checker", ["import os; os.abort()", "print(", "1 / 0", "x = [0] * 10**9"])
def test_a_broken_checker_is_no_fault_of_the_program(client: Client, checker: str) -> None:
    compare = {
        "mode": "COMPARE_MODE_CHECKER",
        "checker": {"language": "python", "source": checker},
    }
    verdict = client.verify(item(DOUBLE, compare=compare), timeout=100)
    assert told(verdict) == ("undecided", "invalid_tests"), verdict


READER = "import sys\nsys.exit(int(open(sys.argv[2]).read()) != 6)"
SHOWER = "import sys\nsys.exit(open(sys.argv[2]).read())"
ECHO = "import sys\noutput = open(sys.argv[2]).read()\nprint('got', output)\nsys.exit('6' not in output)"
ONE = {"stdin": "3", "expected_stdout": "6"}


@pytest.mark.parametrize(
    ("case", "checker", "source", "says"),
    [
        (ONE, READER, "print('six')", "the checker broke on it"),
        (ONE, SHOWER, "print('Traceback (most recent call last):')", "refused by the checker"),
        ({"stdin": "3"}, READER, "print('six')", "refused by the checker"),
        (
            {"stdin": "3", "expected_stdout": " \n"},
            READER,
            "print('six')",
            "refused by the checker",
        ),
        ({"stdin": "3"}, "1 / 0", DOUBLE, "refused by the checker"),
        ({"stdin": "3"}, "import os; os.abort()", DOUBLE, "refused by the checker"),
        (ONE, ECHO, "print('x' * ((16 << 20) - 2))", "the checker broke on it"),
    ],
    ids=["garbage", "a forged traceback", "none", "white space", "broken", "a signal", "a flood"],
)
def test_who_breaks_a_checker_is_at_fault(
    client: Client, case: dict[str, str], checker: str, source: str, says: str
) -> None:
    compare = {
        "mode": "COMPARE_MODE_CHECKER",
        "checker": {"language": "python", "source": checker},
    }
    verdict = client.verify(item(source, [case], compare=compare), timeout=100)
    assert told(verdict) == ("incorrect", "wrong_answer"), verdict
    assert verdict.detail.startswith(f"test 1, {says}")


INTERACTOR = {
    "language": "python",
    "source": "import sys\nsecret = int(open(sys.argv[1]).read())\n"
    "for _ in range(10):\n guess = int(input())\n"
    " print('=' if guess == secret else '<' if secret < guess else '>', flush=True)\n"
    " if guess == secret: sys.exit(0)\nsys.exit(1)",
}
SEARCH = (
    "low, high = 0, 1000\nwhile True:\n middle = (low + high) // 2\n print(middle, flush=True)\n"
    " answer = input()\n if answer == '=': break\n"
    " low, high = (low, middle) if answer == '<' else (middle + 1, high)"
)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (SEARCH, "tests_passed"),
        ("print(1); print(2)", "wrong_answer"),
        ("input()", "time_limit"),
        (SEARCH + "\n1 / 0", "runtime_error"),
        ("print(", "compile_error"),
    ],
)
def test_an_interactor_decides(client: Client, source: str, reason: str) -> None:
    cases = [{"stdin": "37"}, {"stdin": "999"}]
    limits = {"cpu_seconds": 1.0, "wall_seconds": 2.0}
    verdict = client.verify(item(source, cases, limits=limits, interactor=INTERACTOR), timeout=60)
    assert reason_name(verdict.reason) == reason, verdict


def test_equal_submissions_of_a_batch_run_once(client: Client) -> None:
    sent = [item(DOUBLE, item_id=str(number)) for number in range(50)]
    verdicts = client.verify_many([*sent, item("print(6)", item_id="other")])
    assert [verdict.reward for verdict in verdicts] == [1.0] * 50 + [0.0]
    assert [verdict.cached for verdict in verdicts].count(True) == 49


def test_a_borderline_run_is_repeated_and_marked(client: Client) -> None:
    # CPU time alone decides, however busy the machine is.
    limits = {"cpu_seconds": 1.0, "wall_seconds": 100.0}
    source = "import time\nwhile time.process_time() < 1.1: pass"
    verdict = client.verify(item(source, NOTHING, limits=limits), timeout=300)
    assert told(verdict) == ("incorrect", "time_limit")
    assert verdict.borderline
    source = source.replace("1.1", "0.88")
    verdict = client.verify(item(source, NOTHING, limits=limits), timeout=300)
    assert told(verdict) == ("correct", "tests_passed")
    assert verdict.borderline


def test_a_language_that_is_not_here_is_undecided(client: Client) -> None:
    verdict = client.verify(item("x", language="cobol"), timeout=60)
    assert told(verdict) == ("undecided", "language_unavailable")
    assert verdict.detail.startswith("cobol; available: python, ")
    assert not verdict.HasField("reward")


def test_a_language_goes_by_its_aliases(client: Client) -> None:
    assert told(client.verify(item(DOUBLE, language="Py"), timeout=60))[0] == "correct"
    source = "read n; echo $((2 * n))"
    assert told(client.verify(item(source, language="Shell"), timeout=60))[0] == "correct"


def test_a_response_may_have_lines_as_windows_ends_them(client: Client) -> None:
    sent = item("read a\nread b\necho $((a + b))", [{"stdin": "1\n2\n", "expected_stdout": "3"}])
    sent.task.code.language = "bash"
    sent.response = "```bash\n{}\n```".format("read a\nread b\necho $((a + b))").replace(
        "\n", "\r\n"
    )
    verdict = client.verify(sent, timeout=60)
    assert told(verdict) == ("correct", "tests_passed"), verdict
    assert verdict.code.program == "read a\nread b\necho $((a + b))\n"
    span = sent.response[verdict.code.program_start : verdict.code.program_end]
    assert span == "read a\r\nread b\r\necho $((a + b))\r\n"


PLAIN = {
    "python": "print(2 * int(input()))",
    "bash": "read n; echo $((2 * n))",
    "c": '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); printf("%d", 2 * n); return 0; }',
    "cpp": "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << 2 * n; }",
    "javascript": "require('fs').promises.readFile('/dev/stdin', 'utf8').then(s => console.log(2 * s))",
}


@pytest.mark.parametrize(
    "language",
    [
        pytest.param(name, marks=[] if name in ("python", "bash") else pytest.mark.system)
        for name in PLAIN
    ],
)
def test_one_process_is_enough_for_a_plain_program(client: Client, language: str) -> None:
    sent = item(PLAIN[language], language=language, limits={"processes": 1})
    verdict = client.verify(sent, timeout=100)
    assert told(verdict) == ("correct", "tests_passed"), verdict


BOMB = (
    "import os, time\nforks = 0\ntry:\n while True:\n"
    "  if os.fork() == 0: time.sleep(60)\n  forks += 1\nexcept OSError: print(forks)"
)


def test_what_a_program_starts_is_bounded(client: Client) -> None:
    for processes in (1, 5):
        cases = [{"expected_stdout": str(processes - 1)}] * 2
        sent = item(BOMB, cases, limits={"processes": processes})
        verdict = client.verify(sent, timeout=60)
        assert told(verdict) == ("correct", "tests_passed"), verdict


def test_one_process_is_enough_to_talk(client: Client) -> None:
    sent = item(SEARCH, [{"stdin": "37"}], limits={"processes": 1}, interactor=INTERACTOR)
    assert told(client.verify(sent, timeout=60)) == ("correct", "tests_passed")


def test_the_server_says_what_it_has(client: Client) -> None:
    described = client.describe()
    assert list(described.kinds) == ["code"]
    assert described.defaults["isolation"] == "process"
    assert {"python", "bash"} <= set(described.defaults["languages"].split(", "))


def test_a_bad_field_is_named(client: Client) -> None:
    bad = item(DOUBLE, limits={"cpu_seconds": -1})
    [verdict] = client.verify_batch([bad], timeout=60)
    assert told(verdict) == ("undecided", "invalid_item")
    assert verdict.detail == "task.code.limits.cpu_seconds: must be between 0.01 and 600"


def test_a_response_without_a_program_is_incorrect(client: Client) -> None:
    empty = item(DOUBLE)
    empty.response = "<think>\n```python\nprint(1)\n```\n</think>\n"
    assert told(client.verify(empty, timeout=60)) == ("incorrect", "no_code")


def test_isolation_that_cannot_be_had_leaves_items_undecided(start_service: Any) -> None:
    flags = ("--workers", "1", "--minimum-isolation", "gvisor")
    with Client(start_service("code", *flags).address) as weak:
        verdict = weak.verify(item(DOUBLE), timeout=60)
    assert told(verdict) == ("undecided", "isolation_unavailable")
    assert "gvisor" in verdict.detail

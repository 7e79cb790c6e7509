"""`veridical passk`, from files to tables."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from veridical.cli.exits import ExitCode
from veridical.cli.main import app

COUNTS: list[dict[str, Any]] = [
    {"group": f"p{place}", "model": model, "n": 16, "c": c}
    for model, right in (("base", (1, 1, 2, 0)), ("rl", (16, 16, 0, 0)))
    for place, c in enumerate(right)
]
PAPER = json.loads((Path(__file__).parents[2] / "data/passk/tables.json").read_text())
HOSTILE = "\u202e\x1b[2J\x1b]0;own\x07\u2066\ufeff\r\x00"


def run(*arguments: object, stdin: str | None = None) -> tuple[int, str]:
    environment = {"COLUMNS": "80", "NO_COLOR": "1"}
    result = CliRunner().invoke(app, ["passk", *map(str, arguments)], input=stdin, env=environment)
    return result.exit_code, result.output


def written(folder: Path, rows: list[dict[str, Any]]) -> Path:
    file = folder / "counts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def test_the_whole_analysis_in_words_json_and_csv(tmp_path: Path) -> None:
    out, folder = tmp_path / "out.json", tmp_path / "tables"
    code, text = run(written(tmp_path, COUNTS), "--json", out, "--csv", folder)
    assert code == 0, text
    assert "rl is ahead at small k, base from k = 10 [" in text.replace("\n", " ")
    assert "ΔSE = base pass@16 − rl pass@1 = 25.0 [" in text
    assert "Solved by both 2, only base 1, only rl 0, neither 1." in text
    found = json.loads(out.read_text())
    for row in found["curves"]:
        rights = [each["c"] for each in COUNTS if each["model"] == row["model"]]
        wrong = sum(Fraction(comb(16 - c, row["k"]), comb(16, row["k"])) for c in rights)
        assert row["pass_at_k"] == pytest.approx(float(1 - wrong / 4), abs=1e-12)
        assert row["low"] <= row["pass_at_k"] <= row["high"]
    assert len(found["curves"]) == 32
    for name, rows in found.items():
        if rows:
            with (folder / f"{name}.csv").open(newline="") as file:
                assert len(list(csv.DictReader(file))) == len(rows)


def test_the_order_of_the_lines_changes_nothing(tmp_path: Path) -> None:
    once = run(written(tmp_path, COUNTS), "--base", "base")
    lines = "".join(json.dumps(row) + "\n" for row in reversed(COUNTS))
    assert once == run("-", "--base", "base", stdin=lines)


def test_where_estimates_end_is_told(tmp_path: Path) -> None:
    rows = [{**row, "u": 3} if row["group"] == "p3" else row for row in COUNTS]
    code, text = run(written(tmp_path, rows))
    assert code == 0
    assert "rl: estimates end at k = 13, the decided samples of p3" in text
    code, text = run(written(tmp_path, rows), "--min-samples", "16")
    assert "in bounds and not in estimates, too few decided samples of some model: p3" in text
    assert "estimates end" not in text


def test_the_report_is_one_file(tmp_path: Path) -> None:
    code, text = run(written(tmp_path, COUNTS), "--html", tmp_path / "report.html")
    assert code == 0, text
    content = (tmp_path / "report.html").read_text()
    assert "base from k = 10 [" in content
    assert content.count("<figure>") == 3


@pytest.mark.parametrize("more", [(), ("--min-samples", "17"), ("--base", HOSTILE)])
def test_names_do_nothing_to_the_terminal(tmp_path: Path, more: tuple[str, ...]) -> None:
    rows = [
        {**row, "group": HOSTILE + row["group"], "model": HOSTILE + row["model"]} for row in COUNTS
    ]
    for kept in (rows, [*rows, rows[0], {"group": "x", "outcome": HOSTILE}]):
        _, text = run(written(tmp_path, kept), *more)
        assert all(each.isprintable() or each == "\n" for each in text)


def test_the_base_install_does_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "import sys, veridical.cli.main; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False, timeout=60).returncode == 0
    monkeypatch.setitem(sys.modules, "numpy", None)
    code, text = run("counts.jsonl")
    assert code == ExitCode.USAGE
    assert "numpy missing: pip install 'veridical[report]'" in text


def test_help_fits_a_terminal() -> None:
    code, text = run("--help")
    assert code == 0
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


def test_one_model_alone(tmp_path: Path) -> None:
    code, text = run(written(tmp_path, COUNTS[:4]), "--k", "1,4")
    assert code == 0
    assert "base − " not in text
    assert "ΔSE" not in text


def test_several_models_are_a_series(tmp_path: Path) -> None:
    more = [{**row, "model": "rl-2"} for row in COUNTS[4:]]
    code, text = run(written(tmp_path, COUNTS + more))
    assert code == 0
    assert "the models in a row" in text
    assert "base − rl-2" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--k", "1,17"], "pass@17 needs 17 samples"),
        (["--k", "one"], "--k: 'one' is not numbers"),
        (["--k", "0"], "--k: 0 is below 1"),
        (["--base", "other"], "there is no model 'other', only 'base', 'rl'"),
        (["--min-samples", "17"], "no problem has 17 or more samples of every model"),
        (["--majority"], "majority@k needs the answers"),
    ],
)
def test_what_cannot_be_done_is_refused(arguments: list[str], told: str, tmp_path: Path) -> None:
    code, text = run(written(tmp_path, COUNTS), *arguments)
    assert code == ExitCode.USAGE
    assert told in text


def test_bad_lines_are_named_and_nothing_is_analysed(tmp_path: Path) -> None:
    file = written(tmp_path, [*COUNTS, {"group": "p0", "model": "rl", "n": 16, "c": 2}])
    code, text = run(file, tmp_path / "missing.jsonl")
    assert code == ExitCode.USAGE
    assert "cannot read" in text
    code, text = run(file)
    assert code == ExitCode.USAGE
    assert f"nothing was analysed\n  {file}, line 9: group 'p0' of this model was counted" in text
    assert run("-", stdin="\n")[1] == "veridical: there are no verdicts, counts or figures\n"


@pytest.mark.parametrize("name", ["table2", "table3"])
@pytest.mark.parametrize(
    ("benchmark", "column"), [("omni_train", 0), ("omni_test", 2), ("math500", 4)]
)
def test_the_papers_series_follow_from_its_figures(
    tmp_path: Path, name: str, benchmark: str, column: int
) -> None:
    rows = [
        {"model": model, "k": 256, "pass_at_1": row[column], "pass_at_k": row[column + 1]}
        for model, row in PAPER[name].items()
    ]
    code, text = run(written(tmp_path, rows), "--json", tmp_path / "out.json")
    assert code == 0, text
    found = {
        row["model"]: row["delta_se"]
        for row in json.loads((tmp_path / "out.json").read_text())["series"]
    }
    for model in list(PAPER[name])[1:]:
        assert found[model] == pytest.approx(PAPER["delta_se"][model][benchmark])
        assert f"{found[model]:.1f}" in text


@pytest.mark.parametrize(
    ("name", "groups"),
    [("table4_aime24_30_problems", range(30)), ("table5_livecodebench_400_450", range(400, 450))],
)
def test_the_papers_solvable_sets_follow_from_who_solves_what(
    tmp_path: Path, name: str, groups: range
) -> None:
    rows = [
        {"group": str(group), "model": model, "n": 16, "c": int(group in PAPER[name][model])}
        for model in ("base", "rl")
        for group in groups
    ]
    code, text = run(written(tmp_path, rows), "--json", tmp_path / "out.json")
    assert code == 0, text
    table = json.loads((tmp_path / "out.json").read_text())["solvable"]
    for kind, wanted in (("both", "both"), ("base_only", "base_only"), ("other_only", "rl_only")):
        found = sorted(int(row["group"]) for row in table if row["solved_by"] == kind)
        assert found == PAPER[name][wanted]


@pytest.mark.parametrize(
    ("more", "options", "told"),
    [
        ({"k": 64}, (), "k = 64, and 256 in a line before"),
        ({"model": "a"}, (), "'a' stands in a line before"),
        ({"pass_at_k": None}, (), "a figure wants model, k"),
        (COUNTS[0], (), "figures of pass@1 and pass@k stand alone"),
        ({}, ("--base", "c"), "there is no model 'c'"),
    ],
)
def test_figures_that_cannot_be_compared_are_refused(
    tmp_path: Path, more: dict[str, Any], options: tuple[str, ...], told: str
) -> None:
    first = {"model": "a", "k": 256, "pass_at_1": 1.0, "pass_at_k": 2.0}
    second = more if "group" in more else {**first, "model": "b", **more}
    code, text = run(written(tmp_path, [first, second]), *options)
    assert code == ExitCode.USAGE
    assert told in text


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (("--html", "missing/x.html"), "missing/x.html: No such file or directory"),
        (("--html", "."), ".: Is a directory"),
        (("--json", "missing/x.json"), "missing/x.json: No such file or directory"),
        (("--csv", "counts.jsonl"), "counts.jsonl: File exists"),
    ],
)
def test_what_cannot_be_written_is_named_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, str], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, COUNTS)
    code, text = run("counts.jsonl", *flags)
    assert (code, text) == (ExitCode.USAGE, f"veridical: cannot write {problem}\n")


def test_a_reader_who_leaves_ends_it_quietly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "veridical.cli", "passk", str(written(tmp_path, COUNTS))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        told = process.stderr.read()
    assert (process.returncode, told) == (ExitCode.CLOSED_PIPE, b"")

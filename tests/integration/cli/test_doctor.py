"""`veridical doctor`, on real services and in real environments."""

from __future__ import annotations

import json
import resource
import socket
from pathlib import Path

import pytest

NOWHERE = ("--address", "unix:/nonexistent/x.sock")


@pytest.fixture
def examine(command):
    """Runs the doctor and returns its exit code and its findings by name."""

    def run(*arguments, **options):
        ended = command.run("doctor", "--json", *arguments, **options)
        assert ended.stderr == ""
        told = json.loads(ended.stdout)
        findings = {finding["name"]: finding for finding in told["findings"]}
        assert len(findings) == len(told["findings"]) == sum(told["counts"].values())
        assert all(each["mend"] for each in findings.values() if each["state"] != "ok")
        assert (ended.returncode == 1) == (told["counts"]["problem"] > 0)
        return ended.returncode, findings

    return run


def test_services_are_started_tried_and_taken_down(examine):
    code, found = examine(env={"VERIDICAL_WORKERS": "1"})
    assert code == 0
    for name in ("start", "reward", "math", "limits", "kind math", "stop"):
        assert (found[name]["topic"], found[name]["state"]) == ("services", "ok"), found[name]
    assert "VERIDICAL_WORKERS" in found


def test_every_kind_that_a_gateway_serves_is_tried(command, examine, reward_address):
    described = command.run("describe", "--json", "--address", reward_address)
    kinds = json.loads(described.stdout)["kinds"]
    code, found = examine("--address", reward_address)
    assert code == 0
    assert found[reward_address]["text"].startswith("serving")
    assert {found[f"kind {kind}"]["state"] for kind in kinds} == {"ok"}


def test_the_address_may_come_from_the_environment(examine, math_address):
    code, found = examine(env={"VERIDICAL_ADDRESS": f"{math_address},nonsense"})
    assert code == 1
    assert found[math_address]["state"] == "ok"
    assert found["nonsense"]["state"] == "problem"
    assert found["kind math"]["state"] == "ok"


def test_small_limits_of_a_server_are_told(examine, start_service):
    math = start_service("math", "--workers", "1", "--max-batch-items", "10")
    code, found = examine("--address", math.address)
    assert code == 0
    assert found["max_batch_items"]["state"] == "warning"


def test_a_bad_setting_is_named(examine):
    code, found = examine(env={"VERIDICAL_MEMORY_MIB": "-1"})
    assert code == 1
    assert "memory_mib" in found["start"]["text"]


@pytest.mark.slow
def test_a_port_that_never_answers_does_not_hold_it_up(examine):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        code, found = examine("--address", address)
    assert code == 1
    assert found[address]["state"] == "problem"


def test_a_proxy_in_the_way_is_told_beside_the_failure(examine, start_service, free_port):
    address = f"127.0.0.1:{free_port}"
    start_service("math", "--workers", "1", address=address)
    code, found = examine("--address", address, env={"http_proxy": "http://127.0.0.1:9"})
    assert (code, found["proxy"]["state"], found[address]["state"]) == (1, "warning", "problem")
    excepted = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"}
    code, found = examine("--address", address, env=excepted)
    assert (code, found["proxy"]["state"], found[address]["state"]) == (0, "ok", "ok")


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_a_poor_environment_is_described(examine, tmp_path):
    long = tmp_path / ("x" * 60)
    long.mkdir()
    env = {
        "VERIDICAL_WORKRES": "3",
        "TMPDIR": str(long),
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "LC_ALL": "POSIX",
        "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python",
        "DOCKER_HOST": f"unix://{tmp_path}/döcker.sock",
    }
    code, found = examine(*NOWHERE, env=env, preexec_fn=_few_descriptors)
    assert code == 1
    expected = {
        "VERIDICAL_WORKRES": "warning",
        "temporary folder": "note",
        "text encoding": "warning",
        "protobuf runtime": "warning",
        "open files": "warning",
        "Docker": "note",
        NOWHERE[1]: "problem",
    }
    assert {name: found[name]["state"] for name in expected} == expected
    assert found["VERIDICAL_WORKRES"]["mend"].startswith("rename it to VERIDICAL_WORKERS")


def _few_descriptors() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))


def test_libraries_that_do_not_fit_are_named_and_stop_nothing(command, tmp_path):
    """Where the client cannot even be imported, the module still runs."""
    _write(tmp_path / "grpcio-1.9.0.dist-info/METADATA", "Name: grpcio\nVersion: 1.9.0\n")
    _write(tmp_path / "sympy-2.0.dist-info/METADATA", "Name: sympy\nVersion: 2.0\n")
    _write(tmp_path / "grpc/__init__.py", "raise RuntimeError('the generated code needs more')")
    command.program = ("-m", "veridical.cli.doctor")
    ended = command.run("--json", env={"PYTHONPATH": str(tmp_path)})
    assert (ended.returncode, ended.stderr) == (1, "")
    found = {finding["name"]: finding for finding in json.loads(ended.stdout)["findings"]}
    problems = {name for name, finding in found.items() if finding["state"] == "problem"}
    assert problems == {"grpcio", "sympy", "stubs", "client"}
    assert found["grpcio"]["mend"] == "pip install 'grpcio>=1.76'"
    assert found["stubs"]["text"] == "the generated code needs more"


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)


@pytest.mark.parametrize(("columns", "encoding"), [("80", "utf-8"), ("120", "ascii")])
def test_the_table_fits_the_terminal(command, math_address, columns, encoding):
    env = {"COLUMNS": columns, "PYTHONIOENCODING": encoding, "DOCKER_HOST": "unix:///döcker"}
    ended = command.run("doctor", "--address", math_address, env=env)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert max(map(len, lines)) <= int(columns)
    topics = ["installation", "environment", "machine", "services", "isolation"]
    assert [line.strip() for line in lines if line.strip() in topics] == topics
    assert "mend: " in ended.stdout
    assert " findings: " in lines[-1]

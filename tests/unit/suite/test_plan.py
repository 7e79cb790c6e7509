from __future__ import annotations

import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from veridical.suite.plan import Launch, plan_launches
from veridical.suite.settings import SuiteSettings
from veridical.suite.table import GATEWAY, SERVICES

FOLDER = Path("/tmp/veridical-x")
SETTINGS = SuiteSettings(listen="127.0.0.1:5000")


def planned(settings: SuiteSettings = SETTINGS) -> dict[str, Launch]:
    return {launch.name: launch for launch in plan_launches(settings, FOLDER)}


def value(launch: Launch, flag: str) -> str:
    return launch.command[launch.command.index(flag) + 1]


def test_backends_stand_before_those_that_call_them() -> None:
    seen: set[str] = set()
    for spec in SERVICES:
        assert seen.issuperset(spec.backends)
        assert find_spec(spec.module) is not None
        seen.add(spec.name)
    assert set(GATEWAY.backends) == seen - {GATEWAY.name}


def test_only_the_gateway_listens_where_it_was_told() -> None:
    launches = planned()
    assert launches["reward"].address == "127.0.0.1:5000"
    assert launches["math"].address == "unix:/tmp/veridical-x/math.sock"
    for launch in launches.values():
        assert launch.command[:3] == (sys.executable, "-P", "-m")
        assert value(launch, "--listen") == launch.address


def test_the_gateway_is_told_its_backends() -> None:
    launches = planned()
    addresses = ",".join(launches[name].address for name in ("math", "code", "proof"))
    assert value(launches["reward"], "--backends") == addresses
    assert "--backends" not in launches["math"].command


def test_workers_go_to_the_verifiers_and_only_when_told() -> None:
    assert all("--workers" not in launch.command for launch in planned().values())
    launches = planned(replace(SETTINGS, workers=5))
    assert value(launches["math"], "--workers") == "5"
    assert "--workers" not in launches["reward"].command


def test_the_gateway_has_the_base_of_the_metrics_ports() -> None:
    assert {launch.metrics for launch in planned().values()} == {None}
    launches = planned(replace(SETTINGS, metrics_port=9000))
    assert [launches[name].metrics for name in ("reward", "math")] == [
        "http://127.0.0.1:9000/metrics",
        "http://127.0.0.1:9001/metrics",
    ]
    assert [value(launches[name], "--metrics-port") for name in ("reward", "math")] == [
        "9000",
        "9001",
    ]


def test_every_service_gets_the_settings_file_and_the_drain_time() -> None:
    for launch in planned(replace(SETTINGS, config=Path("v.toml"), drain_seconds=2.5)).values():
        assert value(launch, "--config") == "v.toml"
        assert value(launch, "--drain-seconds") == "2.5"


def test_only_the_gateway_asks_who_calls() -> None:
    files = {
        "tls_certificate": Path("c.pem"),
        "tls_key": Path("k.pem"),
        "tls_client_ca": Path("a.pem"),
        "tokens_file": Path("t"),
    }
    launches = planned(replace(SETTINGS, **files))
    for field, path in files.items():
        flag = f"--{field.replace('_', '-')}"
        assert value(launches["reward"], flag) == str(path)
        assert flag not in launches["math"].command
    assert launches["reward"].health == value(launches["reward"], "--health-listen")
    assert launches["math"].health == launches["math"].address
    assert [launches[name].private for name in ("math", "reward")] == [True, False]


def test_a_sampler_is_started_where_one_is_asked_for() -> None:
    assert "sampling" not in planned()
    settings = replace(SETTINGS, sampler="/m/qwen", sampler_listen="127.0.0.1:7", metrics_port=9000)
    launch = planned(replace(settings, tls_certificate=Path("c.pem"), workers=2))["sampling"]
    assert (launch.address, launch.private, launch.backends) == ("127.0.0.1:7", False, ())
    assert value(launch, "--model") == "/m/qwen"
    assert value(launch, "--listen") == launch.address
    assert value(launch, "--health-listen") == launch.health
    assert value(launch, "--tls-certificate") == "c.pem"
    assert value(launch, "--metrics-port") == "9004"
    assert "--workers" not in launch.command
    assert launch.start_seconds is not None

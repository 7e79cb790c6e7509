"""The distributions that are built of this tree, and their installs in fresh environments.

Installs are used from a folder that has nothing to do with the checkout.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

# Builds and installs fetch from a registry, which may be slow.
pytestmark = pytest.mark.timeout(600)

ROOT = Path(__file__).parents[3]
PORTIONS = ("services", "clients", "sandbox")
LEFT_OUT = (".git", ".venv*", "gen", "gen-*", "dist", "__pycache__", ".*_cache", ".hypothesis")
IMPORT_ALL_PORTIONS = """
import veridical.api.v1.item_pb2, veridical.cli.main, veridical.client, veridical.serving
print(veridical.client.__file__)
"""
ITEM = '{"id": "7", "task": {"math": {"gold": "1/2"}}, "response": "so \\\\boxed{0.5}"}\n'
VERIFY_ONE = """
from veridical.client import Client, math_item

with Client.local() as client:
    verdict = client.verify(math_item("7", "1/2", "so \\\\boxed{0.5}"))
print(verdict.id, verdict.reward)
"""


@dataclass(frozen=True)
class Distributions:
    """What `python -m build` made of a copy of the tree."""

    tree: Path
    sdist: Path
    wheel_of_sdist: ZipFile
    wheel: ZipFile

    @property
    def metadata_folder(self) -> str:
        [folder] = {name.split("/")[0] for name in self.wheel.namelist() if ".dist-info/" in name}
        return folder


@dataclass(frozen=True)
class Environment:
    """A virtual environment and a folder to use it from."""

    bin: Path
    folder: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run([str(self.bin / program), *arguments], self.folder)


def run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command in a folder, with nothing in the environment that leads to the checkout."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    clean.pop("VERIDICAL_ADDRESS", None)
    return subprocess.run(
        command, cwd=folder, env=clean, capture_output=True, text=True, check=False
    )


def build(tree: Path, out: Path, *flags: str) -> None:
    result = run([sys.executable, "-m", "build", "--outdir", str(out), *flags, str(tree)], tree)
    assert result.returncode == 0, result.stdout + result.stderr


def install(base: Path, requirement: str) -> Environment:
    """A fresh environment with one requirement."""
    made = run([sys.executable, "-m", "venv", "--without-pip", str(base / "venv")], base)
    assert made.returncode == 0, made.stderr
    (base / "elsewhere").mkdir()
    python = str(base / "venv" / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    installed = run([*pip, requirement], base)
    assert installed.returncode == 0, installed.stderr
    return Environment(base / "venv" / "bin", base / "elsewhere")


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    base = tmp_path_factory.mktemp("distributions")
    tree = base / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
    build(tree, base / "both")
    build(tree, base / "direct", "--wheel")
    [sdist] = (base / "both").glob("*.tar.gz")
    [wheel_of_sdist] = (base / "both").glob("*.whl")
    [wheel] = (base / "direct").glob("*.whl")
    return Distributions(tree, sdist, ZipFile(wheel_of_sdist), ZipFile(wheel))


@pytest.fixture(scope="module")
def base_install(
    distributions: Distributions, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    return install(tmp_path_factory.mktemp("base"), str(distributions.wheel.filename))


@pytest.fixture(scope="module")
def services_install(
    distributions: Distributions, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    wheel = f"{distributions.wheel.filename}[services]"
    return install(tmp_path_factory.mktemp("services"), wheel)


def test_the_wheel_holds_every_module_and_stub(distributions: Distributions) -> None:
    tree = distributions.tree
    written = {
        str(path.relative_to(tree / portion))
        for portion in PORTIONS
        for path in (tree / portion).rglob("*.py")
    }
    protos = [path.relative_to(tree / "protos") for path in (tree / "protos").rglob("*.proto")]
    endings = ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_pb2_grpc.pyi")
    stubs = {f"{proto.with_suffix('')}{ending}" for proto in protos for ending in endings}
    names = distributions.wheel.namelist()
    assert len(protos) >= 9
    assert {name for name in names if name.endswith((".py", ".pyi"))} == written | stubs


def test_the_wheel_adds_one_top_level_name(distributions: Distributions) -> None:
    names = {name.split("/")[0] for name in distributions.wheel.namelist()}
    assert names == {"veridical", distributions.metadata_folder}


def test_the_wheel_is_typed_and_licensed(distributions: Distributions) -> None:
    names = set(distributions.wheel.namelist())
    packages = {name.split("/")[1] for name in names if name.startswith("veridical/")}
    assert {f"veridical/{package}/py.typed" for package in packages} <= names
    licenses = f"{distributions.metadata_folder}/licenses"
    assert {f"{licenses}/LICENSE", f"{licenses}/examples/gsm8k/NOTICE"} <= names


def test_the_base_needs_no_verifier_library(distributions: Distributions) -> None:
    metadata = distributions.wheel.read(f"{distributions.metadata_folder}/METADATA").decode()
    needs = Parser().parsestr(metadata).get_all("Requires-Dist", [])
    base = [re.split(r"[<>=!~; ]", need)[0] for need in needs if "extra ==" not in need]
    assert sorted(base) == ["grpcio", "protobuf", "rich", "typer"]


def test_the_sdist_makes_the_same_wheel(distributions: Distributions) -> None:
    wheel, other = distributions.wheel, distributions.wheel_of_sdist
    assert {n: other.read(n) for n in other.namelist()} == {
        n: wheel.read(n) for n in wheel.namelist()
    }


def test_the_sdist_holds_sources_only(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Makefile", "LICENSE", "hatch_build.py", "protos/baseline.binpb"} <= names
    assert not [name for name in names if name.startswith(("protos/gen", ".ci", ".venv"))]


def test_the_editable_install_serves_every_portion(tmp_path: Path) -> None:
    result = run([sys.executable, "-c", IMPORT_ALL_PORTIONS], tmp_path)
    assert result.returncode == 0, result.stderr
    assert Path(result.stdout.strip()).is_relative_to(ROOT / "clients")


def test_the_base_is_client_and_command(base_install: Environment) -> None:
    imported = base_install.run("python", "-c", "import veridical.client")
    assert (imported.returncode, imported.stderr) == (0, "")
    helped = base_install.run("veridical", "--help")
    assert helped.returncode == 0, helped.stderr
    assert "verify" in helped.stdout


@pytest.mark.parametrize("arguments", [["up"], ["serve", "math"], ["verify", "items.jsonl"]])
def test_the_base_says_how_to_add_the_services(
    base_install: Environment, arguments: list[str]
) -> None:
    (base_install.folder / "items.jsonl").write_text(ITEM)
    result = base_install.run("veridical", *arguments)
    assert result.returncode == 3, result.stderr
    assert "    pip install 'antlr4-python3-runtime==4.13.2' " in result.stderr
    assert "starting" not in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.system
def test_the_services_verify_an_item(services_install: Environment) -> None:
    result = services_install.run("python", "-c", VERIFY_ONE)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "7 1.0\n"

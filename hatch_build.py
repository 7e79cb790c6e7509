"""Builds the protobuf and gRPC stubs from `protos/` into `protos/gen/` for every kind of install."""

from __future__ import annotations

import shutil
import sys
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StubHook(BuildHookInterface[Any]):
    """Runs protoc with the pinned generators before hatchling collects files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Generates the stubs, unless the target only packs sources."""
        if self.target_name == "wheel":
            generate_stubs(Path(self.root))


def generate_stubs(root: Path) -> None:
    """Writes `*_pb2.py`, `*_pb2_grpc.py` and their `.pyi` for every proto below `root/protos`.

    Stubs of protos that are gone are gone as well.

    Raises:
        RuntimeError: protoc refused a file; its message is on stderr.
    """
    protos, out = root / "protos", root / "protos" / "gen"
    with TemporaryDirectory(dir=protos, prefix="gen-") as scratch:
        new = Path(scratch) / "gen"
        new.mkdir()
        _run_protoc(protos, new)
        (new / "veridical" / "api" / "py.typed").touch()
        shutil.rmtree(out, ignore_errors=True)
        new.replace(out)


def _run_protoc(protos: Path, out: Path) -> None:
    from grpc_tools import protoc

    arguments = ["protoc", f"-I{protos}", f"-I{files('grpc_tools') / '_proto'}"]
    arguments += [f"--plugin=protoc-gen-{name}={_plugin(name)}" for name in ("mypy", "mypy_grpc")]
    arguments += [f"--python_out={out}", f"--grpc_python_out={out}"]
    arguments += [f"--mypy_out=quiet:{out}", f"--mypy_grpc_out=quiet:{out}"]
    arguments += sorted(str(path) for path in (protos / "veridical").rglob("*.proto"))
    if protoc.main(arguments) != 0:
        raise RuntimeError("protoc failed; see its messages above")


def _plugin(name: str) -> str:
    """The generator beside this interpreter, or on the path of an isolated build."""
    program = f"protoc-gen-{name}"
    beside = shutil.which(program, path=str(Path(sys.executable).parent))
    found = beside or shutil.which(program)
    if found is None:
        raise RuntimeError(f"{program} is missing: it comes with mypy-protobuf")
    return found

"""A whole study on this machine's processors: SmolLM2-135M against itself after a few steps of GRPO.

    python examples/study/run.py [--folder study] [--steps 12]

Makes graded arithmetic problems, trains the second model (`tune.py`), serves both by two samplers, and runs
`veridical study`, whose report it leaves in the folder. What is there already is not made again. Engine and
trainer run in the environment `.venv-trl`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from veridical.client import ClientSettings, RetrySettings, SamplerClient, item_to_json
from veridical.evaluation.problems.arithmetic import STOP, arithmetic_problems

HERE = Path(__file__).parent
ENGINE = HERE.parent.parent / ".venv-trl" / "bin" / "python"
PROBLEMS = 30
SAMPLES = 16
TOKENS = 12
START_SECONDS = 300.0
STARTING = ClientSettings(
    timeout_seconds=START_SECONDS,
    retry=RetrySettings(connect_seconds=None, outage_seconds=START_SECONDS),
)


def main() -> int:
    """Gives the exit status of the study."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--folder", type=Path, default=Path("study"))
    options.add_argument("--steps", type=int, default=12, help="steps of GRPO")
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    problems = write_problems(given.folder / "problems.jsonl")
    tuned = tuned_model(given.folder / f"tuned-{given.steps}", given.steps)
    with ExitStack() as stack:
        sockets = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vs-", dir="/tmp")))
        base = stack.enter_context(sampler(sockets / "base"))
        rl = stack.enter_context(sampler(sockets / "rl", "--model", str(tuned)))
        for address in (base, rl):
            wait_until_serving(address)
        command = [
            *(sys.executable, "-m", "veridical.cli", "study", "--problems", str(problems)),
            *("--base", f"smollm2@{base}", "--rl", f"grpo@{rl}", "-o", str(given.folder)),
            *("-n", str(SAMPLES), "--max-tokens", str(TOKENS), "--stop", *STOP),
        ]
        return subprocess.run(command, check=False).returncode


def write_problems(path: Path) -> Path:
    """Writes the problems of the study."""
    lines = map(item_to_json, arithmetic_problems(PROBLEMS))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def tuned_model(folder: Path, steps: int) -> Path:
    """Trains the second model, unless it is there."""
    if not (folder / "config.json").exists():
        print(f"training: {steps} steps of GRPO", file=sys.stderr)
        subprocess.run([ENGINE, HERE / "tune.py", folder, str(steps)], check=True)
    return folder


@contextmanager
def sampler(socket: Path, *flags: str) -> Iterator[str]:
    """Runs a sampling server; gives its address."""
    address = f"unix:{socket}"
    command = [
        *(sys.executable, "-m", "veridical.sampling", "--listen", address, "--log-level", "error"),
        *("--engine-python", str(ENGINE), *flags),
    ]
    process = subprocess.Popen(command)
    try:
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_until_serving(address: str) -> None:
    """Returns once models are served; the client waits for a server that starts.

    Raises:
        VeridicalError: None are, in time.
    """
    with SamplerClient(address, settings=STARTING) as client:
        client.list_models()


if __name__ == "__main__":
    raise SystemExit(main())

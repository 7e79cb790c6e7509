"""A whole study on this machine's processors: SmolLM2-135M against itself after a few steps of GRPO.

    python examples/study/run.py [--folder study] [--steps 12] [--engine cpu|vllm]

Makes graded arithmetic problems, trains the second model (`tune.py`), serves both by two samplers, and runs
`veridical study`, whose report it leaves in the folder. What is there already is not made again. The trainer
and the cpu engine run in the environment `.venv-trl`, vLLM in `.venv-vllm`.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from veridical.client import ClientSettings, RetrySettings, SamplerClient, item_to_json
from veridical.evaluation.problems.arithmetic import STOP, arithmetic_problems

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TRAINER = ROOT / ".venv-trl" / "bin" / "python"
ENGINES = {"cpu": TRAINER, "vllm": ROOT / ".venv-vllm" / "bin" / "python"}
BASE = "from veridical.sampling.engines.cpu.smollm2 import smollm2_folder; print(smollm2_folder())"
PROBLEMS = 30
SAMPLES = 16
TOKENS = 24
# Sums are answered without reasoning anyway: to ask for answers alone (guessing) would tell nothing.
PROBES = "perplexity,memorisation,spurious,coherence"
START_SECONDS = 600.0
STARTING = ClientSettings(
    timeout_seconds=START_SECONDS,
    retry=RetrySettings(connect_seconds=None, outage_seconds=START_SECONDS),
)


def main() -> int:
    """Gives the exit status of the study."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--folder", type=Path, default=Path("study"))
    options.add_argument("--steps", type=int, default=12, help="steps of GRPO")
    options.add_argument("--engine", choices=ENGINES, default="cpu", help="what draws the samples")
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    problems = write_problems(given.folder / "problems.jsonl")
    tuned = tuned_model(given.folder / f"tuned-{given.steps}", given.steps)
    trained = time.monotonic()
    status = compare(given.folder, problems, [base_model(), tuned], given.engine)
    ended, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    own = "vLLM's own left out" if given.engine == "vllm" else "in all"
    print(
        f"training {trained - began:.0f} s, study {ended - trained:.0f} s, "
        f"processors {used.ru_utime + used.ru_stime:.0f} s, {own}",
        file=sys.stderr,
    )
    return status


def compare(folder: Path, problems: Path, models: list[Path], engine: str) -> int:
    """Runs the study of two models; gives its exit status."""
    with ExitStack() as stack:
        sockets = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vs-", dir="/tmp")))
        addresses = [
            stack.enter_context(sampler(sockets / str(number), engine, model))
            for number, model in enumerate(models)
        ]
        for address in addresses:
            wait_until_serving(address)
        base, rl = addresses
        command = [
            *(sys.executable, "-m", "veridical.cli", "study", "--problems", str(problems)),
            *("--base", f"smollm2@{base}", "--rl", f"grpo@{rl}", "-o", str(folder)),
            *("-n", str(SAMPLES), "--max-tokens", str(TOKENS), "--stop", *STOP),
            *("--probes", PROBES),
        ]
        return subprocess.run(command, check=False).returncode


def base_model() -> Path:
    """Gives the folder of the first model, which comes as a package of the trainer's environment."""
    done = subprocess.run([TRAINER, "-c", BASE], check=True, stdout=subprocess.PIPE, text=True)
    return Path(done.stdout.strip().splitlines()[-1])


def write_problems(path: Path) -> Path:
    """Writes the problems of the study."""
    lines = map(item_to_json, arithmetic_problems(PROBLEMS))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def tuned_model(folder: Path, steps: int) -> Path:
    """Trains the second model, unless it is there."""
    if not (folder / "config.json").exists():
        print(f"training: {steps} steps of GRPO", file=sys.stderr)
        subprocess.run([TRAINER, HERE / "tune.py", folder, str(steps)], check=True)
    return folder


@contextmanager
def sampler(socket: Path, engine: str, model: Path) -> Iterator[str]:
    """Runs a sampling server of a model; gives its address."""
    address = f"unix:{socket}"
    command = [
        *(sys.executable, "-m", "veridical.sampling", "--listen", address, "--log-level", "error"),
        *("--engine", engine, "--engine-python", str(ENGINES[engine]), "--model", str(model)),
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

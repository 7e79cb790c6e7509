"""How often bands and the interval of the crossing hold the truth, in a simulation that knows it.

    python benchmarks/passk_coverage.py [--rounds 300]

Base accuracies are Beta(1, 4), so that its pass@k is k / (k + 4); the other is right with 0.8 on 55 % of
problems, so that its pass@k is 0.55 (1 - 0.2^k), which the base exceeds from k = 5 on. Each round draws
problems and 32 samples of each, and analyses them with 200 resamples. Prints shares of rounds.
"""

from __future__ import annotations

import argparse

import numpy as np

from veridical.evaluation.analysis import Comparison, Settings, analyse
from veridical.evaluation.bootstrap import Resampling
from veridical.evaluation.counts import counts_of

SAMPLES = 32
KS = (1, 4, 16, 32)
CROSSING = 5
PROBLEMS = (20, 60, 200)


def simulated(problems: int, seed: int) -> Comparison:
    """Returns the comparison of one round."""
    random = np.random.default_rng(seed)
    skills = random.beta(1, 4, problems), np.where(random.random(problems) < 0.55, 0.8, 0.0)
    models = [
        counts_of(
            name, [(str(p), SAMPLES, int(c)) for p, c in enumerate(random.binomial(SAMPLES, s))]
        )
        for name, s in zip(("base", "rl"), skills, strict=True)
    ]
    return analyse(models, Settings(Resampling(200, seed=seed))).comparisons[0]


def holds_crossing(found: Comparison) -> bool:
    """Returns whether the interval of the crossing holds the true one."""
    low, high = (end or SAMPLES + 1 for end in (found.crossing.low, found.crossing.high))
    return found.crossing.base_behind is True and low <= CROSSING <= high


def main() -> None:
    """Prints the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    places = np.array(KS) - 1
    k = np.array(KS)
    truth = k / (k + 4) - 0.55 * (1 - 0.2**k)
    for problems in PROBLEMS:
        found = [simulated(problems, seed) for seed in range(rounds)]
        held = [(f.band.low[places] <= truth) & (truth <= f.band.high[places]) for f in found]
        shares = ", ".join(
            f"k = {each}: {share:.0%}"
            for each, share in zip(KS, np.mean(held, axis=0), strict=True)
        )
        crossing = np.mean([holds_crossing(each) for each in found])
        print(f"{problems} problems, {rounds} rounds: difference {shares}; crossing {crossing:.0%}")


if __name__ == "__main__":
    main()

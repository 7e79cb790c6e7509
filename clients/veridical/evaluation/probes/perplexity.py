"""How likely a model finds given responses: PPL_m(Y | x) = exp(- mean log p_m(y_t | x, y_<t)).

If the base finds the responses of the RL model as likely as its own, training has not left what the base
could do (arXiv 2504.13837, section 4.2, figure 6).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from veridical.evaluation.errors import AnalysisError


@dataclass(frozen=True, slots=True)
class Perplexities:
    """The responses of one model in the eyes of another.

    Attributes:
        scorer: Who finds them likely or not.
        writer: Whose they are; "reference" for given solutions.
        responses: How many.
        median: Of their perplexities, 1 or more.
        low: Their lower quartile.
        high: Their upper quartile.
    """

    scorer: str
    writer: str
    responses: int
    median: float
    low: float
    high: float


def perplexity(logprobs: Sequence[float]) -> float:
    """Return the perplexity of one response from the natural log-probabilities of its tokens.

    Raises:
        AnalysisError: There are none, or one is above 0 or not a number.
    """
    if not logprobs:
        raise AnalysisError("a response without tokens has no perplexity")
    if not all(each <= 0 for each in logprobs):
        raise AnalysisError("a log-probability must be 0 or less")
    mean = math.fsum(each / len(logprobs) for each in logprobs)
    return math.exp(-mean) if mean > -700 else math.inf


def perplexities(scorer: str, writer: str, values: Sequence[float]) -> Perplexities | None:
    """Return what a scorer finds of a writer's responses, by their perplexities; None where there are none."""
    if not values:
        return None
    low, median, high = np.quantile(values, (0.25, 0.5, 0.75), method="inverted_cdf")
    return Perplexities(scorer, writer, len(values), float(median), float(low), float(high))

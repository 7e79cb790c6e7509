"""Which probes are run, and with how much of what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from veridical.evaluation.errors import RunError


class Probe(StrEnum):
    """A question to models beside pass@k."""

    PERPLEXITY = "perplexity"
    GUESSING = "guessing"
    MEMORISATION = "memorisation"
    SPURIOUS = "spurious"
    COHERENCE = "coherence"


EVERY = tuple(Probe)


@dataclass(frozen=True, slots=True)
class ProbePlan:
    """What is asked of the models of a run.

    Attributes:
        probes: Which probes; none is allowed.
        responses: How many samples of each problem and model are scored and judged again, 1 or more.
        direct: Direct answers to each problem by each model, 1 or more; fewer than 21 cannot show an
            accuracy below 5 %.
    """

    probes: tuple[Probe, ...] = EVERY
    responses: int = 4
    direct: int = 24


def probes_named(text: str) -> tuple[Probe, ...]:
    """Return the probes of a list of names with commas between them; "all" and "none" are names, too.

    Raises:
        RunError: A name is none.
    """
    names = {each.strip() for each in text.split(",")}
    if names == {"all"}:
        return EVERY
    if names == {"none"}:
        return ()
    if unknown := sorted(names - set(EVERY)):
        known = ", ".join(EVERY)
        raise RunError(
            f"probes: {unknown[0]!r} is none; there are {known}, and all or none of them"
        )
    return tuple(each for each in EVERY if each in names)

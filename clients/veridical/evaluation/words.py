"""What an analysis says, in sentences. Figures are in percent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from veridical.evaluation.analysis import Analysis, Comparison, Curve
from veridical.evaluation.bootstrap import Band
from veridical.evaluation.counts import FloatArray
from veridical.evaluation.solvable import Unsolved

_SHOWN_PROBLEMS = 5
_NAME_CHARACTERS = 24


def shown(name: str) -> str:
    """Return a name of foreign origin on one line, cut where it is long."""
    printable = "".join(each if each.isprintable() else " " for each in name[:_NAME_CHARACTERS])
    return printable if len(name) <= _NAME_CHARACTERS else printable + "…"


def counted(number: int, thing: str) -> str:
    """Return a number of things, such as "1 problem" or "2,000 samples"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def figure(values: FloatArray, interval: Band, k: int, *, signed: bool = False) -> str:
    """Return a value with its interval; a dash where k is above its n."""
    if k > len(values):
        return "–"
    form = "+.1f" if signed else ".1f"
    # Rounded first, and 0 added: what is hardly below 0 is to read 0.0 and not -0.0.
    value, low, high = (
        round(100 * float(each[k - 1]), 1) + 0.0 for each in (values, interval.low, interval.high)
    )
    return f"{value:{form}} [{low:{form}}, {high:{form}}]"


def bounds(curve: Curve, k: int) -> str:
    """Return pass@k with UNDECIDED as wrong and as right; a dash where k is above its n."""
    if k > len(curve.low):
        return "–"
    return f"{100 * curve.low[k - 1]:.1f} … {100 * curve.high[k - 1]:.1f}"


def head(analysis: Analysis) -> Iterator[str]:
    """Yield what was analysed, and what was left out."""
    for curve in analysis.curves:
        counts = curve.counts
        undecided = f", {counts.undecided:,} of them undecided" if counts.undecided else ""
        yield f"{shown(curve.model)}: {counted(counts.samples, 'sample')}{undecided}"
    resampling = analysis.settings.resampling
    yield (
        f"{counted(len(analysis.groups), 'problem')}; figures in percent; {100 * resampling.level:g} % intervals "
        f"from {counted(resampling.resamples, 'resample')} of problems"
    )
    if analysis.left_out:
        yield f"left out, too few samples of some model: {listed(analysis.left_out)}"
    if analysis.unjudged:
        yield (
            "in bounds and not in estimates, too few decided samples of some model: "
            f"{listed(analysis.unjudged)}"
        )
    for curve in analysis.curves:
        if len(curve.estimate) < len(curve.low):
            yield _end(curve)


def crossing_words(found: Comparison) -> str:
    """Return where the curves cross."""
    where = found.crossing
    if where.base_behind is None:
        return "The curves are equal."
    names = shown(found.base), shown(found.other)
    behind, ahead = names if where.base_behind else reversed(names)
    told, last = f"{ahead} is ahead at small k", len(found.difference)
    if last == 1:
        return (
            f"{ahead} is ahead at k = 1; with one sample of each problem there is nothing to cross."
        )
    share = f"{100 * where.share:.0f} % of resamples"
    if where.k is None:
        return f"{told}; the curves do not cross within n = {last:,} (in {share} they do)."
    low, high = (f"{end:,}" if end is not None else "beyond n" for end in (where.low, where.high))
    return (
        f"{told}, {behind} from k = {where.k:,} [{low}, {high}]; in {share} the curves cross "
        f"within n = {last:,}."
    )


def first_try_words(found: Comparison, curves: Sequence[Curve]) -> str:
    """Return pass@1 of both models with their intervals."""
    first = {curve.model: figure(curve.estimate, curve.band, 1) for curve in curves}
    base, other = shown(found.base), shown(found.other)
    return (
        f"pass@1 is {first[found.other]} for {other} and {first[found.base]} for {base}, a difference of "
        f"{-100 * found.difference[0] + 0.0:+.1f} points "
        f"[{-100 * found.band.high[0] + 0.0:+.1f}, {-100 * found.band.low[0] + 0.0:+.1f}]."
    )


def delta_se_words(found: Comparison, k: int) -> str:
    """Return the sampling-efficiency gap with its interval."""
    gap = found.delta_se
    what = f"{shown(found.base)} pass@{k} − {shown(found.other)} pass@1"
    return (
        f"ΔSE = {what} = {100 * gap.value:.1f} [{100 * gap.low:.1f}, {100 * gap.high:.1f}] points "
        "(lower is better)."
    )


def solvable_words(found: Comparison) -> Iterator[str]:
    """Yield who solves how many problems, and how sure that is."""
    sets = found.sets
    base, other = shown(found.base), shown(found.other)
    yield (
        f"Solved by both {len(sets.both):,}, only {base} {len(sets.base_only):,}, "
        f"only {other} {len(sets.other_only):,}, neither {len(sets.neither):,}."
    )
    yield from _only(base, sets.base_only, found.other_unsolved)
    yield from _only(other, sets.other_only, found.base_unsolved)
    yield from luck_words(found)


def luck_words(found: Comparison) -> Iterator[str]:
    """Yield how much of what is unsolved may be bad luck."""
    if len(found.difference) == 1:
        return  # one sample tells nothing of the next
    sides = ((found.base, found.base_unsolved), (found.other, found.other_unsolved))
    for name, problems in sides:
        if problems:
            expected = sum(each.chance_of_another for each in problems)
            yield (
                f"Of {len(problems):,} unsolved by {shown(name)}, about {expected:.1f} would be solved by as "
                "many samples again."
            )


def _only(name: str, groups: Sequence[str], problems: Sequence[Unsolved]) -> Iterator[str]:
    """Yield which problems one model alone solves, with the chance of that if both are equal."""
    if not groups:
        return
    chances = {each.group: each.chance_if_equal for each in problems}
    told = []
    for group in groups[:_SHOWN_PROBLEMS]:
        chance = chances.get(group)
        told.append(shown(group) + (f" ({chance:.2g})" if chance is not None else ""))
    more = len(groups) - len(told)
    rest = f" and {more:,} more" if more else ""
    yield f"Only {name} (chance of it if both were equal): {', '.join(told)}{rest}."


def _end(curve: Curve) -> str:
    """Return why the estimates of a curve end before its bounds."""
    last = len(curve.estimate)
    group = curve.counts.groups[int((curve.counts.decided == last).argmax())]
    return (
        f"{shown(curve.model)}: estimates end at k = {last:,}, the decided samples of {shown(group)}; "
        "more min-samples leave such problems out of them"
    )


def listed(groups: Sequence[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    told = ", ".join(map(shown, groups[:_SHOWN_PROBLEMS]))
    more = len(groups) - _SHOWN_PROBLEMS
    return f"{told} and {more:,} more" if more > 0 else told

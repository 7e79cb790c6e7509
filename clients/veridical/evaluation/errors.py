"""What the analysis and runs refuse, and what keeps a run from going on."""

from __future__ import annotations


class AnalysisError(ValueError):
    """Figures that an analysis cannot be made from; the text names what is wrong with them."""


class RunError(Exception):
    """A run that cannot be begun, read or gone on with; the text says why."""


class RunWriteError(OSError):
    """A run that cannot be written any more, such as on a full disk; what it holds is kept."""

"""What the analysis refuses."""

from __future__ import annotations


class AnalysisError(ValueError):
    """Figures that an analysis cannot be made from; the text names what is wrong with them."""


class RunError(Exception):
    """A run that cannot be begun, read or gone on with; the text says why."""

"""What the analysis refuses."""

from __future__ import annotations


class AnalysisError(ValueError):
    """Figures that an analysis cannot be made from; the text names what is wrong with them."""

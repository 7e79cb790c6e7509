"""The report: one HTML file that needs nothing else."""

from __future__ import annotations

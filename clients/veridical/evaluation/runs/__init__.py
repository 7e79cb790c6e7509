"""A run: problems, samples of models and their verdicts, kept in a folder until all is there."""

from __future__ import annotations

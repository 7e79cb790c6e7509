"""Runs, pass@k, comparisons, reports. The room is kept; nothing stands in it yet."""

from __future__ import annotations

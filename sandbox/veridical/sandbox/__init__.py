"""Cells: single-use isolated places for untrusted code. The room is kept; nothing stands in it yet."""

from __future__ import annotations

"""Puzzles on who holds what after some swaps, by simulation."""

from __future__ import annotations

"""Puzzles on the order of objects, by search."""

from __future__ import annotations

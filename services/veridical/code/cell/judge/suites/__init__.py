"""Suites of test files: how they are read, run and counted."""

from __future__ import annotations

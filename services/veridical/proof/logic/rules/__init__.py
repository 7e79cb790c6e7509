"""Proofs from rules on classes, by forward chaining."""

from __future__ import annotations

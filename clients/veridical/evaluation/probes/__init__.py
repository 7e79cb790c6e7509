"""Probes of models: what they remember, what they guess, and how likely they find each other's answers."""

from __future__ import annotations

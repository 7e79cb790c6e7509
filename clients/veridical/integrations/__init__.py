"""Adapters for trainers, one file each; `tasks` and `conversation` hold what they share."""

from __future__ import annotations

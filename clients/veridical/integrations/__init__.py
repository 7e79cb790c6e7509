"""Adapters for trainers, one file each; `tasks` holds what they share: tasks made from dataset rows."""

from __future__ import annotations

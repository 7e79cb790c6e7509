"""Adapters for trainers, one file each. The room is kept; nothing stands in it yet."""

from __future__ import annotations

"""Slots in containers: the broker that owns the Docker socket, and its clients' side."""

from __future__ import annotations

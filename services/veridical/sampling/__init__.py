"""Generate and Score over an engine. The room is kept; nothing stands in it yet."""

from __future__ import annotations

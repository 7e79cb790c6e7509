"""Steps, claims, deciders, coherence and validity. The room is kept; nothing stands in it yet."""

from __future__ import annotations

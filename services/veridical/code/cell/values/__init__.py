"""The closed encoding in which values cross between a solution and its judge."""

from __future__ import annotations

"""The solution's side: loads the program and serves the operations that its judge asks for."""

from __future__ import annotations

"""The solution's classes, objects and functions as the tests see them, and the conversation behind them."""

from __future__ import annotations

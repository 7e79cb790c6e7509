"""What every server shares: lifecycle, interceptors, health, metrics, settings and the worker pool.

It knows the contract and no domain.
"""

from __future__ import annotations

"""A pool of warm processes that runs a pure function on items, with limits that hold by kill.

| module       | what it holds                                                      |
|--------------|--------------------------------------------------------------------|
| `settings`   | what the caller says: the function and the limits                  |
| `outcomes`   | what the caller gets back, item by item                            |
| `errors`     | what a call can raise                                              |
| `observer`   | what metrics can hook into                                         |
| `pool`       | `WorkerPool`: which item goes to which worker, and who is to blame |
| `line`       | items that wait: fair between calls, and suspects apart            |
| `crew`       | the workers: started, watched, replaced, renewed                   |
| `process`    | one worker as the server sees it                                   |
| `death`      | how a worker ended, and what it left behind                        |
| `worker`     | the worker's own side, a process of its own                        |
| `wire`       | frames between the two; data only                                  |
| `channel`    | the server's end of the socket                                     |
| `page`       | the page of memory in which a worker announces its item            |
| `output`     | what a worker writes to its standard streams                       |
"""

from __future__ import annotations

from veridical.serving.pool.errors import PoolClosed, PoolError, PoolFull, WorkerStartError
from veridical.serving.pool.observer import (
    PoolObserver,
    RestartReason,
    SilentObserver,
    WorkerState,
)
from veridical.serving.pool.outcomes import Answered, Fault, FaultKind
from veridical.serving.pool.pool import WorkerPool
from veridical.serving.pool.settings import PoolLimits, WorkerSpec

__all__ = [
    "Answered",
    "Fault",
    "FaultKind",
    "PoolClosed",
    "PoolError",
    "PoolFull",
    "PoolLimits",
    "PoolObserver",
    "RestartReason",
    "SilentObserver",
    "WorkerPool",
    "WorkerSpec",
    "WorkerStartError",
    "WorkerState",
]

"""The life of a sampling server: that of every server, with the SamplerService in it.

The server also answers `Describe` of the VerifierService, as a verifier of no kind of task: its version,
its limits and its engine are found where those of every server are.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from functools import partial

from veridical.api.v1 import sampling_pb2
from veridical.api.v1.sampling_pb2_grpc import add_SamplerServiceServicer_to_server
from veridical.api.v1.verdict_pb2 import VerifierInfo
from veridical.sampling.engine import Engine, EngineError
from veridical.sampling.engines.choose import make_engine
from veridical.sampling.metrics import SamplerMetrics
from veridical.sampling.service import SamplerServicer
from veridical.sampling.settings import SamplerSettings
from veridical.serving.identity import identify, library_versions
from veridical.serving.logs import configure_logs
from veridical.serving.parent import DIE_WITH_PARENT, die_with_parent
from veridical.serving.server import Beside, CannotStart, Server
from veridical.serving.settings import EXIT_BAD_SETTING
from veridical.serving.verifier import Description, Settle, Work

NAME = "sampling"
SERVICE = sampling_pb2.DESCRIPTOR.services_by_name["SamplerService"].full_name

_log = logging.getLogger(__name__)


def run(settings: SamplerSettings) -> int:
    """Serves until SIGTERM or SIGINT and gives the process's exit status.

    Returns:
        0 after a drain, 1 where the engine could not start, 2 for a setting that cannot be used.
    """
    if parent := os.environ.get(DIE_WITH_PARENT):
        die_with_parent(int(parent))
    configure_logs(NAME, settings.log_level)
    info = identify(NAME, "veridical.sampling", library_versions(()), {"engine": settings.engine})
    try:
        asyncio.run(_serve(settings, info))
    except CannotStart as error:
        _log.error("cannot start: %s", error)
        return EXIT_BAD_SETTING
    except EngineError as error:
        _log.error("the engine cannot start: %s", error)
        return 1
    except Exception:
        _log.exception("server failed")
        return 1
    return 0


async def _serve(settings: SamplerSettings, info: VerifierInfo) -> None:
    metrics = SamplerMetrics(NAME, info.version)
    engine = make_engine(settings, metrics)
    servicer = SamplerServicer(engine, settings, metrics)
    sampler = Beside(SERVICE, partial(add_SamplerServiceServicer_to_server, servicer))
    await Server(_NoVerifier(engine, info), settings, metrics, [sampler]).run()


class _NoVerifier:
    """The engine as the part of a server that starts, is ready, and takes no task."""

    def __init__(self, engine: Engine, info: VerifierInfo) -> None:
        self.info = info
        self._engine = engine

    @property
    def kinds(self) -> Sequence[str]:
        return ()

    def takes(self, kind: str) -> bool:
        return False

    @property
    def ready(self) -> bool:
        return self._engine.ready

    def describe(self) -> Description:
        return Description(
            libraries=library_versions(()),
            defaults={"engine": self._engine.name, "models": ", ".join(self._engine.models)},
        )

    async def start(self) -> None:
        await self._engine.start()

    async def verify(self, work: Sequence[Work], settle: Settle) -> None:
        assert not work, "a verifier of no kind is handed no work"

    async def close(self) -> None:
        await self._engine.close()

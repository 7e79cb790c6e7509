"""The concerns of serving, one file each; their order is set here and nowhere else."""

from __future__ import annotations

from veridical.serving.access.tokens import TokenFile
from veridical.serving.interceptors.admission import Admission
from veridical.serving.interceptors.auth import Authentication
from veridical.serving.interceptors.chain import Interceptor, InterceptorChain
from veridical.serving.interceptors.deadline import Deadline
from veridical.serving.interceptors.errors import ErrorMapping
from veridical.serving.interceptors.log import RequestLog
from veridical.serving.interceptors.metrics import CallMetrics
from veridical.serving.interceptors.trace import TraceContext
from veridical.serving.metrics import ServerMetrics
from veridical.serving.settings import ServerSettings

_FIELDS_AN_ITEM = 32
"""Fields for which a message has room, times the items in the largest batch."""

__all__ = ["Admission", "Interceptor", "InterceptorChain", "standard_chain"]


def standard_chain(
    settings: ServerSettings, metrics: ServerMetrics, admission: Admission
) -> InterceptorChain:
    """The interceptors that every server has, outermost first.

    Error mapping stands outside of all so that nothing escapes it; the log and the metrics see
    refusals, so they stand outside of authentication, admission and deadline.

    Raises:
        BadFileError: The file of tokens cannot be used.
    """
    authentication = Authentication(
        TokenFile(settings.tokens_file) if settings.tokens_file else None,
        certified=settings.tls_client_ca is not None,
        gateways=settings.gateway_names(),
    )
    return InterceptorChain(
        [
            TraceContext(),
            ErrorMapping(),
            RequestLog(),
            CallMetrics(metrics),
            authentication,
            admission,
            Deadline(settings.max_call_seconds),
        ],
        refusal=authentication.refusal,
        max_fields=_FIELDS_AN_ITEM * settings.largest_batch,
    )

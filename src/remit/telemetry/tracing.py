"""Spans through OpenTelemetry's interface. Whoever runs Remit chooses where they go; until then they cost next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from remit.ports.telemetry_port import Attributes, Span
from remit.telemetry.metrics import Metrics

_NONE: Attributes = {}
_FROM_OUTSIDE = TraceContextTextMapPropagator()


class _Traced:
    """A span of OpenTelemetry behind the port's."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def set(self, name: str, value: str | int) -> None:
        """Set an attribute."""
        self._span.set_attribute(name, value)


class Watched(Metrics):
    """Counts, and traces too."""

    @contextmanager
    def span(self, name: str, attributes: Attributes = _NONE, *, parent: str | None = None) -> Iterator[Span]:
        """Trace a stretch of work, under the caller's trace where it sent one. An error is named by its class alone."""
        context = None if parent is None else _FROM_OUTSIDE.extract({"traceparent": parent})
        tracer = trace.get_tracer("remit")
        with tracer.start_as_current_span(
            name, context=context, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield _Traced(span)
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)  # its words may hold what an agent wrote
                span.set_status(trace.StatusCode.ERROR)
                raise

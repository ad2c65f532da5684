"""Figures of a running server in Prometheus' text form, by its own client library."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

MEDIA_TYPE = CONTENT_TYPE_LATEST
FIRST_AUDIO = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds
OUTCOMES = ("spoken", "refused", "busy", "gone", "failed")


class Metrics:
    """The figures of one server; labels have a few known values each."""

    def __init__(self, max_requests: int) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "recital_requests",
            "Requests by how they ended: " + ", ".join(OUTCOMES),
            ("protocol", "outcome"),
            registry=self.registry,
        )
        self.first_audio = Histogram(
            "recital_first_audio_seconds",
            "From a checked request to its first audio",
            ("protocol",),
            buckets=FIRST_AUDIO,
            registry=self.registry,
        )
        self.audio = Counter(
            "recital_audio_seconds", "Audio made", ("voice",), registry=self.registry
        )
        self.work = Counter(
            "recital_work_seconds",
            "Time of threads that made it; audio by work is the speed-up over real time",
            ("voice",),
            registry=self.registry,
        )
        self.open = Gauge("recital_open_requests", "Spoken or waiting now", registry=self.registry)
        limit = Gauge(
            "recital_max_requests", "What may be open; more get 429", registry=self.registry
        )
        limit.set(max_requests)

    def text(self) -> bytes:
        """The reply of `/metrics`."""
        return generate_latest(self.registry)

"""What the edge tells of itself: ``/healthz`` for supervisors, ``/metrics`` for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from shemei.edge.answers import JSON, NO_STORE, Answer, answer

if TYPE_CHECKING:
    from shemei.edge.app import Edge

METRICS: dict[str, tuple[str, str]] = {
    "shemei_edge_accepted_total": ("counter", "Events stored on disk and acknowledged."),
    "shemei_edge_failed_total": ("counter", "Events the disk refused; their senders got 503."),
    "shemei_edge_refused_total": ("counter", "Events refused with 429 because too many waited."),
    "shemei_edge_waiting": ("gauge", "Events that wait for the disk now."),
    "shemei_edge_commits_total": ("counter", "Group commits, successful or not."),
    "shemei_edge_commit_seconds_total": ("counter", "Seconds spent in group commits."),
    "shemei_edge_storing": ("gauge", "1 if the last group commit succeeded."),
    "shemei_edge_masked_total": ("counter", "Events in which something personal was masked."),
    "shemei_edge_links": ("gauge", "Short links in the link book."),
    "shemei_edge_sites": ("gauge", "Sites whose tag is served."),
}
_PROMETHEUS = b"text/plain; version=0.0.4; charset=utf-8"


def _values(edge: Edge) -> dict[str, float]:
    count = edge.spool.counters
    figures = (
        count.accepted,
        count.failed,
        count.refused,
        count.waiting,
        count.commits,
        round(count.commit_seconds, 6),
        int(count.storing),
        edge.collector.masked,
        len(edge.book),
        len(edge.sites),
    )
    return dict(zip(METRICS, figures, strict=True))


def metrics(edge: Edge) -> Answer:
    """Return the counters in Prometheus' text format."""
    lines = []
    for name, value in _values(edge).items():
        kind, text = METRICS[name]
        lines.append(f"# HELP {name} {text}\n# TYPE {name} {kind}\n{name} {value}\n")
    return answer(200, "".join(lines).encode(), NO_STORE, kind=_PROMETHEUS)


def health(edge: Edge) -> Answer:
    """Return the counters as JSON; 503 while the disk refuses what is sent."""
    count = edge.spool.counters
    body = {
        "status": "ok" if count.storing else "not_storing",
        "accepted": count.accepted,
        "failed": count.failed,
        "refused": count.refused,
        "waiting": count.waiting,
        "links": len(edge.book),
        "sites": len(edge.sites),
        "stream": edge.spool.segments.folder.name,
    }
    return answer(200 if count.storing else 503, orjson.dumps(body), NO_STORE, kind=JSON)

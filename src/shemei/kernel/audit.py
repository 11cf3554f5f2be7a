"""The audit log: who did what, as a Chinese sentence per verb; recorded inside every action's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.kernel.models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db import models

    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

VERBS: dict[str, str] = {}
FORMER: dict[str, str] = {}
"""Verbs that nothing records any more; what was recorded under them keeps its sentence."""


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def register(verbs: Mapping[str, str], former: Mapping[str, str] | None = None) -> None:
    """Rooms call this in ``apps.py``: ``{"link.created": "新建短链「{label}」"}``."""
    VERBS.update(verbs)
    FORMER.update(former or {})


def sentence(verb: str, details: Mapping[str, Any]) -> str:
    """A verb that a later release dropped still reads: the log outlives the code."""
    told = VERBS.get(verb) or FORMER.get(verb, f"{verb} {{label}}")
    return told.format_map(_Missing(details))


def record(
    verb: str,
    subject: models.Model | None,
    *,
    by: Actor,
    workspace: Workspace | None = None,
    **details: Any,
) -> AuditEntry:
    """Append one entry; ``label`` defaults to the subject's text. An unregistered verb is a defect: KeyError."""
    if verb not in VERBS:
        raise KeyError(f"audit verb {verb!r} is not registered in any room's apps.py")
    owner = workspace or getattr(subject, "workspace", None) or subject
    details.setdefault("label", str(subject) if subject is not None else "")
    return AuditEntry.objects.create(
        workspace=owner,
        verb=verb,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_key=getattr(subject, "key", ""),
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.label,
        details=details,
    )

"""Until which day each platform account has figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Max

from shemei.apps.brand.queries import accounts
from shemei.apps.content.models import PostMetric
from shemei.kernel.imports.health import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.workspace import Workspace


def account_subjects(workspace: Workspace) -> Iterator[Subject]:
    """Active accounts only: nobody waits for the figures of one that was given up."""
    rows = PostMetric.objects.filter(workspace=workspace, post__account__isnull=False)
    last = dict(rows.values_list("post__account_id").annotate(Max("day")))
    for account in accounts(workspace):
        yield Subject(account.name, "内容数据", account.platform, last.get(account.id))

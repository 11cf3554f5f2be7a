"""Links know who made them, by key, as boards do; those of members who have left end."""

from __future__ import annotations

from django.db import migrations, models
from django.utils import timezone


def by_name(apps, schema_editor):
    share, member = apps.get_model("insight", "BoardShare"), apps.get_model("accounts", "Member")
    for row in share.objects.exclude(made_by=""):
        named = member.objects.filter(workspace_id=row.workspace_id, user__name=row.made_by)
        found = list(named.values_list("key", "is_active")[:2])
        if len(found) != 1:
            continue
        ((key, is_active),) = found
        share.objects.filter(pk=row.pk).update(made_by_key=key)
        if not is_active:
            share.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("insight", "0005_board_frames"),
    ]

    operations = [
        migrations.AddField(
            model_name="boardshare",
            name="made_by_key",
            field=models.CharField(blank=True, max_length=22, verbose_name="建的人的编号"),
        ),
        migrations.RunPython(by_name, migrations.RunPython.noop),
    ]

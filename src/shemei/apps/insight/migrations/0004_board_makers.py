"""Boards know who made them, by key; where only one member has the name that stands there, it is they."""

from __future__ import annotations

from django.db import migrations, models


def by_name(apps, schema_editor):
    board, member = apps.get_model("insight", "OwnBoard"), apps.get_model("accounts", "Member")
    for row in board.objects.exclude(made_by=""):
        named = member.objects.filter(workspace_id=row.workspace_id, user__name=row.made_by)
        keys = list(named.values_list("key", flat=True)[:2])
        if len(keys) == 1:
            board.objects.filter(pk=row.pk).update(made_by_key=keys[0])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("insight", "0003_figure_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="ownboard",
            name="made_by_key",
            field=models.CharField(blank=True, max_length=22, verbose_name="建的人的编号"),
        ),
        migrations.RunPython(by_name, migrations.RunPython.noop),
    ]

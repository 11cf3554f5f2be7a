"""Mails know who set them up, by key, as links do; those of members who have left rest from the next look on."""

from __future__ import annotations

from django.db import migrations, models


def by_name(apps, schema_editor):
    mail, member = apps.get_model("insight", "BoardMail"), apps.get_model("accounts", "Member")
    for row in mail.objects.exclude(made_by=""):
        named = member.objects.filter(workspace_id=row.workspace_id, user__name=row.made_by)
        found = list(named.values_list("key", flat=True)[:2])
        if len(found) == 1:
            mail.objects.filter(pk=row.pk).update(made_by_key=found[0])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("insight", "0006_share_makers"),
    ]

    operations = [
        migrations.AddField(
            model_name="boardmail",
            name="made_by_key",
            field=models.CharField(blank=True, max_length=22, verbose_name="建的人的编号"),
        ),
        migrations.AddField(
            model_name="boardmail",
            name="rests_since",
            field=models.DateTimeField(null=True, verbose_name="停着，从"),
        ),
        migrations.RunPython(by_name, migrations.RunPython.noop),
    ]

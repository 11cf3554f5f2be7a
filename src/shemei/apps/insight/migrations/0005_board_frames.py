"""A link may be framed by the websites that it names; links made before name none."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0004_board_makers")]

    operations = [
        migrations.AddField(
            model_name="boardshare",
            name="origins",
            field=models.JSONField(default=list, verbose_name="可嵌入的网站"),
        ),
    ]

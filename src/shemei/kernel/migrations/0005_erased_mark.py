import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import shemei.kernel.keys


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("kernel", "0004_allowance"),
    ]

    operations = [
        migrations.CreateModel(
            name="ErasedMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        default=shemei.kernel.keys.new_key,
                        editable=False,
                        max_length=22,
                        unique=True,
                        verbose_name="编号",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="创建时间"
                    ),
                ),
                ("name", models.CharField(max_length=64, verbose_name="身份的散列")),
                ("until", models.BigIntegerField(verbose_name="到何时")),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.workspace",
                        verbose_name="品牌空间",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "name"), name="one_mark_per_identity"
                    )
                ],
            },
        ),
    ]

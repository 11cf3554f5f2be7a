"""Long tasks say of which kind they are; those already there are told by how their titles begin."""

from django.db import migrations, models

BEGINNINGS = {"export": "导出 ", "erasure": "删除个人信息 "}


def read_titles(apps, schema_editor):
    tasks = apps.get_model("kernel", "LongTask").objects.using(schema_editor.connection.alias)
    for kind, beginning in BEGINNINGS.items():
        tasks.filter(title__startswith=beginning).update(kind=kind)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_told_events")]

    operations = [
        migrations.AddField(
            model_name="longtask",
            name="kind",
            field=models.CharField(
                choices=[
                    ("import", "导入文件"),
                    ("export", "导出列表"),
                    ("erasure", "删除个人信息"),
                ],
                db_index=True,
                default="import",
                max_length=10,
                verbose_name="类别",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(read_titles, migrations.RunPython.noop, elidable=True),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0009_changed_at_once"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="putbackclicks",
            options={"ordering": ["-id"], "verbose_name": "改为计入的点击"},
        ),
        migrations.AlterField(
            model_name="putbackclicks",
            name="author",
            field=models.CharField(max_length=120, verbose_name="谁改的"),
        ),
    ]

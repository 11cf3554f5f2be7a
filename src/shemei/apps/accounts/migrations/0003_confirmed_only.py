from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_shapley_default"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="confirmed_only",
            field=models.BooleanField(default=False, verbose_name="只算核实过的订单"),
        ),
    ]

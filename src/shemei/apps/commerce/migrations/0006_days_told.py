from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commerce", "0005_what_was_told")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="told_from",
            field=models.DateTimeField(editable=False, null=True, verbose_name="最早报过"),
        ),
        migrations.AddField(
            model_name="order",
            name="told_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="最晚报过"),
        ),
    ]

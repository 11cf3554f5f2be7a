from django.db import migrations


class Migration(migrations.Migration):
    """The model has another name, its table the same."""

    dependencies = [
        ("tracking", "0010_counted_after_all"),
    ]

    operations = [
        migrations.AlterModelTable("linkrepair", "tracking_linkrepair"),
        migrations.RenameModel("LinkRepair", "BulkChange"),
    ]

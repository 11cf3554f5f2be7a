"""The indexes of what waits for a rate, built while orders go on coming in.

On PostgreSQL an ordinary CREATE INDEX keeps everybody from writing until it has read the whole table. What a break
left half built, and what an earlier version of these migrations had built, goes first.
"""

from django.db import migrations, models
from django.db.models import Q


class AddIndexBesideWriters(migrations.AddIndex):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        is_postgres = schema_editor.connection.vendor == "postgresql"
        how = "CONCURRENTLY " if is_postgres else ""
        schema_editor.execute(
            f"DROP INDEX {how}IF EXISTS {schema_editor.quote_name(self.index.name)}"
        )
        more = {"concurrently": True} if is_postgres else {}
        schema_editor.add_index(model, self.index, **more)


def waiting(model_name, moment):
    return AddIndexBesideWriters(
        model_name=model_name,
        index=models.Index(
            fields=["workspace", "currency", moment],
            condition=Q(waiting=True),
            name=f"{model_name}_waiting",
        ),
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("commerce", "0006_days_told")]
    operations = [waiting("order", "paid_at"), waiting("refund", "refunded_at")]

"""Orders and refunds in another currency were told to the log with their amount as it was: that is what it holds.

The first rate corrects them. Rows in the brand's own currency, nearly all there are, stay untouched.
"""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def remember(apps, editor):
    brands = dict(apps.get_model("accounts", "Workspace").objects.values_list("pk", "currency"))
    for pk, own in brands.items():
        found = [
            apps.get_model("commerce", name)
            .objects.filter(workspace=pk)
            .exclude(currency=own)
            .update(reported=F("amount"), waiting=True)
            for name in ("Order", "Refund")
        ]
        if any(found):
            name_prices(apps, pk, own)


def forget(apps, editor):
    """What is still as ``remember`` left it becomes what it was."""
    for name in ("Order", "Refund"):
        rows = apps.get_model("commerce", name).objects.filter(waiting=True, rate=None)
        rows.filter(reported=F("amount")).update(reported=None, waiting=None)


def name_prices(apps, brand, own):
    """A product's price is of the first order it came with."""
    lines = apps.get_model("commerce", "OrderLine").objects.filter(
        sku=OuterRef("sku"), order__workspace=brand
    )
    first = Subquery(lines.order_by("pk").values("order__currency")[:1])
    products = apps.get_model("commerce", "Product").objects.filter(workspace=brand)
    rows = products.annotate(first=first).exclude(first=None).exclude(first=own)
    by_currency = {}
    for pk, currency in rows.values_list("pk", "first"):
        by_currency.setdefault(currency, []).append(pk)
    for currency, pks in by_currency.items():
        for start in range(0, len(pks), 500):
            products.filter(pk__in=pks[start : start + 500]).update(currency=currency)


class Migration(migrations.Migration):
    dependencies = [("commerce", "0004_exchange_rates")]
    operations = [migrations.RunPython(remember, forget)]

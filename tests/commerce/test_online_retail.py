"""A year of a real gift shop: read, matched, stored and told to the log; totals counted apart with DuckDB."""

from __future__ import annotations

import csv
import gzip
import resource
import time
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import duckdb
import pytest
from django.db.models import Count, Sum

from shemei.apps.commerce import conversion, rates
from shemei.apps.commerce.models import Order, OrderLine, Refund
from shemei.kernel import outbox
from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports import actions
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.lake import Lake
from shemei.warehouse.log.loader import load
from shemei.warehouse.questions import Rows, Totals
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from tests.world import World

    from shemei.kernel.imports.models import ImportBatch
    from shemei.warehouse.home import Home

pytestmark = pytest.mark.shared_data

BOOKS = "('BANK CHARGES', 'AMAZONFEE', 'CRUK', 'B', 'S')"
FACTS = f"""
WITH t AS (
    SELECT InvoiceNo AS invoice, upper(StockCode) AS sku, CAST(Quantity AS BIGINT) AS q, CustomerID AS customer,
           CAST(round(CAST(UnitPrice AS DECIMAL(12, 3)) * 100) AS BIGINT) AS p
    FROM read_csv(?, all_varchar = true)
),
sales AS (SELECT * FROM t WHERE invoice NOT LIKE 'C%' AND invoice NOT LIKE 'A%' AND q > 0 AND p > 0 AND sku NOT IN {BOOKS}),
backs AS (SELECT * FROM t WHERE invoice LIKE 'C%' AND q < 0 AND p > 0 AND sku NOT IN {BOOKS})
SELECT (SELECT count(*) FROM t) AS rows,
       (SELECT count(DISTINCT invoice) FROM sales) AS orders,
       (SELECT sum(q * p) FROM sales) AS revenue,
       (SELECT count(*) FROM sales) AS lines,
       (SELECT sum(q) FROM sales) AS pieces,
       (SELECT count(DISTINCT customer) FROM sales) AS customers,
       (SELECT count(DISTINCT invoice) FROM backs) AS cancellations,
       (SELECT -sum(q * p) FROM backs) AS refunded
"""


def facts(path: Path) -> dict[str, int]:
    """The same totals, counted straight from the file by another engine."""
    with duckdb.connect() as connection:
        rows = connection.sql(FACTS, params=[str(path)]).to_arrow_table().to_pylist()
    return {name: int(value) for name, value in rows[0].items()}


@pytest.fixture
def slice_file(shared_data: Path, tmp_path: Path) -> Path:
    """A twentieth of the customers with all they did, and a twentieth of the invoices without one."""
    path = tmp_path / "slice.csv"
    with (
        gzip.open(shared_data / "value/online_retail.csv.gz", "rt", newline="") as source,
        path.open("w", newline="") as sink,
    ):
        rows = csv.reader(source)
        out = csv.writer(sink)
        out.writerow(next(rows))
        out.writerows(row for row in rows if crc32((row[6] or row[0]).encode()) % 20 == 0)
    return path


def brought(world: World, path: Path) -> ImportBatch:
    with path.open("rb") as source:
        batch = actions.receive(world.brand, source, path.name, by=SYSTEM)
    assert batch.preset == "online_retail"
    assert batch.options["currency"] == "GBP"
    actions.check(actions.set_mapping(batch, batch.mapping, {}, by=SYSTEM), by=SYSTEM)
    return actions.write(batch, by=SYSTEM)


def agrees(batch: ImportBatch, truth: dict[str, int]) -> None:
    assert batch.counts["rows"] == truth["rows"]
    assert batch.counts["errors"] == 0
    assert Order.objects.count() == batch.counts["new"] == truth["orders"]
    assert Order.objects.aggregate(n=Sum("amount"))["n"] == truth["revenue"]
    assert set(Order.objects.values_list("currency", flat=True)) == {"GBP"}
    assert OrderLine.objects.count() == truth["lines"]
    assert OrderLine.objects.aggregate(n=Sum("quantity"))["n"] == truth["pieces"]
    assert Order.objects.aggregate(n=Count("customer", distinct=True))["n"] == truth["customers"]
    assert Refund.objects.values("number").distinct().count() == truth["cancellations"]
    assert Refund.objects.aggregate(n=Sum("amount"))["n"] == truth["refunded"]


INVOICES = """
SELECT invoice, min(day) AS day, sum(q * p) AS amount FROM (
    SELECT InvoiceNo AS invoice, upper(StockCode) AS sku, CAST(Quantity AS BIGINT) AS q, InvoiceDate[:10] AS day,
           CAST(round(CAST(UnitPrice AS DECIMAL(12, 3)) * 100) AS BIGINT) AS p
    FROM read_csv(?, all_varchar = true)
)
WHERE invoice NOT LIKE 'C%' AND invoice NOT LIKE 'A%' AND q > 0 AND p > 0 AND sku NOT IN {books}
GROUP BY invoice
"""
POUNDS = {"2010-01-01": "10.4", "2011-03-15": "10.5", "2011-09-01": "10.0725"}
"""What a pound is worth from a day on."""


def rates_are_set(world: World) -> None:
    for day, rate in POUNDS.items():
        told = {"currency": "GBP", "since": date.fromisoformat(day), "rate": Decimal(rate)}
        rates.add_rate(world.brand, by=SYSTEM, **told)


def at_rate(amount: int, day: str) -> int:
    """By fractions, and not with our own function: half a fen goes to the even one."""
    rate = POUNDS[max(since for since in POUNDS if since <= day)]
    return round(amount * Fraction(rate))


def worth(path: Path) -> dict[str, int]:
    """Revenue and refunds of the boards: each invoice of the file, and each refund, at the rate of its day.

    What was given back of an order is worth what the order's money was, taken together.
    """
    with duckdb.connect() as connection:
        found = connection.sql(INVOICES.format(books=BOOKS), params=[str(path)]).fetchall()
    sold = {invoice: (day, int(amount)) for invoice, day, amount in found}
    back: dict[str, int] = defaultdict(int)
    refunds = 0
    for refund in Refund.objects.select_related("order"):
        if refund.order:
            back[refund.order.number] += refund.amount
        else:
            day = refund.refunded_at.astimezone(SHANGHAI).date().isoformat()
            refunds += at_rate(refund.amount, day)
    refunds += sum(at_rate(amount, sold[number][0]) for number, amount in back.items())
    revenue = sum(at_rate(amount, day) for day, amount in sold.values())
    return {
        "orders": len(sold),
        "revenue": revenue,
        "refunds": refunds,
        "net_revenue": revenue - refunds,
    }


def log_says(home: Home, world: World, truth: dict[str, int]) -> None:
    settle(home)
    metrics = ("orders", "revenue", "refunds", "net_revenue")
    question = Totals(world.brand.key, 20101101, 20111231, metrics)
    (row,) = Lake(home).ask(question).rows.to_pylist()
    assert row == truth


def naive_matches(path: Path) -> dict[tuple[str, str], int]:
    """(cancellation, order or "") → pieces, by the plainest reading of the rule."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    books = {"BANK CHARGES", "AMAZONFEE", "CRUK", "B", "S"}
    bought: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
    opened: dict[str, str] = {}
    backs = []
    for row in rows:
        number, quantity = row["InvoiceNo"], int(row["Quantity"])
        if (
            row["StockCode"].upper() in books
            or round(float(row["UnitPrice"]) * 100) <= 0
            or number[0] == "A"
        ):
            continue
        opened.setdefault(number, row["InvoiceDate"])
        if number[0] == "C":
            backs.append((opened[number], number, row))
        elif quantity > 0 and row["CustomerID"]:
            bought[row["CustomerID"], row["StockCode"]].append([opened[number], number, quantity])
    found: dict[tuple[str, str], int] = defaultdict(int)
    for at, number, row in sorted(backs, key=lambda back: back[:2]):
        left = -int(row["Quantity"])
        for purchase in sorted(bought[row["CustomerID"], row["StockCode"]], reverse=True):
            if purchase[0] <= at and purchase[2] and left:
                taken = min(left, purchase[2])
                purchase[2] -= taken
                left -= taken
                found[number, purchase[1]] += taken
        if left:
            found[number, ""] += left
    return dict(found)


def test_a_twentieth_of_the_shop(inside: World, home: Home, slice_file: Path) -> None:
    batch, truth = brought(inside, slice_file), facts(slice_file)
    agrees(batch, truth)
    assert outbox.waiting() == 0
    log_says(home, inside, dict.fromkeys(("orders", "revenue", "refunds", "net_revenue"), 0))
    rates_are_set(inside)
    assert conversion.tell_due(inside.brand) == 0
    outbox.relay(home)
    assert load(home).segments == 1
    log_says(home, inside, worth(slice_file))
    booked: dict[tuple[str, str], int] = defaultdict(int)
    for refund in Refund.objects.select_related("order"):
        number = refund.order.number if refund.order else ""
        booked[refund.number, number] += sum(item["quantity"] for item in refund.items)
    assert dict(booked) == naive_matches(slice_file)
    assert not OrderLine.objects.filter(returned__gt=0, quantity__lt=0).exists()


@pytest.mark.slow
def test_a_second_time_changes_nothing_and_undo_takes_all_back(
    inside: World, home: Home, slice_file: Path
) -> None:
    rates_are_set(inside)
    first = brought(inside, slice_file)
    told = outbox.waiting()
    slice_file.write_bytes(slice_file.read_bytes() + b"\n")
    again = brought(inside, slice_file)
    assert (again.counts["new"], again.counts["changed"], again.counts["extra"]["取消单"]) == (
        0,
        0,
        0,
    )
    assert again.counts["same"] == first.counts["new"]
    assert outbox.waiting() == told
    actions.undo(first, by=SYSTEM)
    assert Order.objects.count() == Refund.objects.count() == OrderLine.objects.count() == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_whole_shop_in_one_commit(inside: World, home: Home, shared_data: Path) -> None:
    path = shared_data / "value/online_retail.csv.gz"
    rates_are_set(inside)
    begun = time.process_time()
    batch = brought(inside, path)
    written = outbox.relay(home)
    report = load(home)
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    truth = facts(path)
    print(
        f"\n{truth['rows']:,} lines, {written:,} events, {seconds:.1f} CPU-s, peak {peak} MB, {batch.warnings[-1]}"
    )
    agrees(batch, truth)
    assert (truth["rows"], truth["orders"]) == (541_909, 19_944)
    assert (report.segments, report.loaded_records, report.failed) == (1, written, 0)
    log_says(home, inside, worth(path))
    rows = Lake(home).ask(Rows(inside.brand.key, 20101201, 20101201, ("order",), limit=1000)).rows
    assert rows.num_rows == Order.objects.filter(paid_at__date="2010-12-01").count()
    assert seconds < 90

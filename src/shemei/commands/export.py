"""``shemei export``: events, paths or attribution of a brand as CSV, Parquet or JSON, for the analyst beside."""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shemei.commands.homes import existing_home
from shemei.warehouse.home import Home
from shemei.warehouse.vocabulary import SHANGHAI, int_day

if TYPE_CHECKING:
    import pyarrow as pa

EXPORTS = ("events", "paths", "credits")
BATCH = 100_000


@click.command()
@click.argument("what", type=click.Choice(EXPORTS))
@click.option("--workspace", required=True, help="品牌空间的编号（设置 → 品牌空间）")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="第一天，默认 28 天前")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="最后一天，默认今天")
@click.option(
    "--by",
    default="channel",
    type=click.Choice(["channel", "content", "creator", "campaign"]),
    help="credits 按什么分",
)
@click.option(
    "--format",
    "form",
    default="csv",
    type=click.Choice(["csv", "parquet", "json"]),
    show_default=True,
    help="输出格式；json 为一行一条",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False),
    help="写到文件；不给则写到标准输出（parquet 必须给）",
)
@click.option(
    "--home",
    envvar="SHEMEI_HOME",
    type=click.Path(),
    help="数据文件夹，默认 .shemei",
)
def export(
    what: str,
    workspace: str,
    first: datetime | None,
    last: datetime | None,
    by: str,
    form: str,
    output: str | None,
    home: str | None,
) -> None:
    """导出 events（事件）、paths（成交路径，一行一次触达）或 credits（各模型的归因）。"""
    if form == "parquet" and not output:
        raise click.UsageError("parquet 不能写到屏幕，请加 --output 文件名。")
    today = datetime.now(SHANGHAI).date()
    span = _span(first.date() if first else today - timedelta(27), last.date() if last else today)
    table = _table(existing_home(home), what, workspace, span, by)
    if not table.num_rows:
        click.echo(f"这段时间（{span[0]} 至 {span[1]}）没有数据。", err=True)
    try:
        _write(table, form, output)
    except OSError as error:
        raise click.ClickException(
            f"写不进 {output or '标准输出'}：{error.strerror or error}。"
        ) from None


def _span(first: date, last: date) -> tuple[int, int]:
    if first > last:
        raise click.UsageError(f"--from {first} 晚于 --to {last}，请对调。")
    return int_day(first), int_day(last)


def _table(home: Home, what: str, workspace: str, span: tuple[int, int], by: str) -> pa.Table:
    import pyarrow as pa

    from shemei.warehouse import questions
    from shemei.warehouse.lake import Lake
    from shemei.warehouse.log.table import must_be_current

    must_be_current(home)
    if what != "events":
        _refuse_uncomputed(home)
    lake = Lake(home)
    if what == "paths":
        return lake.ask(questions.PathTable(workspace, *span)).rows
    if what == "events":
        return _all_rows(lake, workspace, span)
    from shemei.warehouse.attribution import attribute

    answer = attribute(lake, workspace, *span, by=by)
    rows = [
        {"model": model, by: name, "conversions": credit.conversions, "value": credit.value}
        for model, credits in answer.models.items()
        for name, credit in credits.items()
    ]
    return (
        pa.Table.from_pylist(rows)
        if rows
        else pa.table({"model": [], by: [], "conversions": [], "value": []})
    )


def _refuse_uncomputed(home: Home) -> None:
    """After an upgrade paths are not there before all is computed again: an empty file would be a lie."""
    from shemei.warehouse.computed.settling import recomputing
    from shemei.warehouse.computed.shelf import Shelf

    if recomputing(home, Shelf(home)) is not None:
        raise click.ClickException(
            f"{home.lake}: 升级后，路径与归因还没有重新计算，没有导出。"
            "请先运行 shemei serve，算完再导；events 现在就能导。"
        )


def _all_rows(lake: Any, workspace: str, span: tuple[int, int]) -> pa.Table:
    import pyarrow as pa

    from shemei.warehouse import questions

    parts: list[pa.Table] = []
    while not parts or parts[-1].num_rows == BATCH:
        parts.append(
            lake.ask(
                questions.Rows(
                    workspace, *span, limit=BATCH, offset=BATCH * len(parts), include_suspect=True
                )
            ).rows
        )
    return pa.concat_tables(parts)


def _without_noise(table: pa.Table) -> pa.Table:
    """Fractions to six digits: 0.3 for people to read, where the binary number is 0.30000000000000004."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for at, one in enumerate(table.schema):
        if pa.types.is_floating(one.type):
            table = table.set_column(at, one, pc.round(table[at], 6))
    return table


def _write(table: pa.Table, form: str, output: str | None) -> None:
    if form == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, output, compression="zstd")
        return
    target = Path(output).open("wb") if output else sys.stdout.buffer
    if form == "csv":
        import pyarrow.csv as pc

        pc.write_csv(_without_noise(table), target)
    else:
        import orjson

        for batch in table.to_batches(max_chunksize=10_000):
            target.writelines(orjson.dumps(row, default=str) + b"\n" for row in batch.to_pylist())
    target.flush()
    if output:
        target.close()

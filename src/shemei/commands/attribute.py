"""``shemei attribute``: credit channels for the conversions in a file of paths."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.engines.attribution import Credit, Totals

Credits = dict[str, dict[str, "Credit"]]

MODEL_NAMES = {
    "first": "首次触点",
    "last": "末次触点",
    "linear": "线性",
    "time_decay": "时间衰减",
    "position": "位置 40/20/40",
    "markov": "马尔可夫",
    "shapley": "Shapley",
}


class Unusable(click.ClickException):
    """The input cannot be used; nothing was written."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"错误：{self.format_message()}", err=True, file=file)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--model",
    type=click.Choice([*MODEL_NAMES, "all"]),
    default="all",
    show_default=True,
    help="归因模型；all 为全部并列。",
)
@click.option(
    "--order",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="马尔可夫链的阶数：记住几个触点。",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="输出格式。",
)
def attribute(file: Path, model: str, order: int, form: str) -> None:
    """把文件里每条路径的转化分给各个渠道。

    FILE 是 CSV 或 Parquet，列：path（触点用 > 隔开，先到后）、total_conversions，
    可选 total_conversion_value、total_null、hours（每个触点距转化的小时数，用 > 隔开）。
    结果精确、没有随机数：同样的文件，同样的答案。
    """
    credits, totals = _attributed(file, model, order)
    if form == "json":
        _print_json(credits, totals, order, many=model == "all")
    elif form == "csv":
        _print_csv(credits, order)
    else:
        _print_tables(credits, totals, order)


def _attributed(file: Path, model: str, order: int) -> tuple[Credits, Totals]:
    from shemei.engines.attribution import TooManyStates, credits
    from shemei.warehouse.pathfiles.faults import PathFileError
    from shemei.warehouse.pathfiles.reading import open_paths, summarise_file

    try:
        paths = open_paths(file)
        summary = summarise_file(paths, _models(model, paths.has_hours, file), order)
        return credits(summary), summary.totals
    except PathFileError as error:
        raise Unusable(str(error)) from error
    except TooManyStates as error:
        raise Unusable(
            f"文件 {file} 的马尔可夫链有 {error.states:,} 个状态，上限 {error.limit:,}。"
            "请降低 --order，或先把少见的渠道合并。"
        ) from error


def _models(model: str, has_hours: bool, file: Path) -> list[str]:
    if model == "time_decay" and not has_hours:
        raise Unusable(
            f"文件 {file} 缺少「hours」列，不能按时间衰减。"
            "请加上这一列：每个触点距转化的小时数，用 > 隔开。"
        )
    if model != "all":
        return [model]
    if not has_hours:
        click.echo("没有 hours 列，略过时间衰减模型。", err=True)
    return [name for name in MODEL_NAMES if has_hours or name != "time_decay"]


def _print_json(credits: Credits, totals: Totals, order: int, *, many: bool) -> None:
    import json

    answers = [
        {
            "model": model,
            "order": order if model == "markov" else None,
            "channels": {
                name: {"conversions": credit.conversions, "value": credit.value}
                for name, credit in channels.items()
            },
            "totals": {
                "conversions": totals.conversions,
                "value": totals.value,
                "null": totals.nulls,
                "conversion_rate": totals.conversion_rate,
            },
        }
        for model, channels in credits.items()
    ]
    click.echo(json.dumps(answers if many else answers[0], ensure_ascii=False, indent=2))


def _print_csv(credits: Credits, order: int) -> None:
    import csv
    import sys

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["model", "order", "channel", "conversions", "value"])
    for model, channels in credits.items():
        shown = order if model == "markov" else ""
        for name, credit in channels.items():
            figures = (round(number, 9) for number in (credit.conversions, credit.value))
            writer.writerow([model, shown, name, *figures])


def _print_tables(credits: Credits, totals: Totals, order: int) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    console.print(
        f"转化 {totals.conversions:,.0f}，价值 {totals.value:,.2f}，"
        f"未转化 {totals.nulls:,.0f}，转化率 {totals.conversion_rate:.2%}"
    )
    console.print(_table("转化", credits, totals.conversions, order, "conversions"))
    if totals.value:
        console.print(_table("价值", credits, totals.value, order, "value"))


def _table(title: str, credits: Credits, total: float, order: int, measure: str) -> Any:
    from rich import box
    from rich.table import Table

    table = Table("渠道", title=title, title_justify="left", box=box.SIMPLE_HEAD, show_footer=True)
    table.columns[0].footer = "合计"
    single = len(credits) == 1
    for model in credits:
        name = MODEL_NAMES[model] + (f"（{order} 阶）" if model == "markov" else "")
        table.add_column(name, justify="right", footer=f"{total:,.2f}")
        if single:
            table.add_column("占比", justify="right", footer="100.00%" if total else "0.00%")
    for cells in _cells(credits, total, measure, single=single):
        table.add_row(*cells)
    return table


def _cells(credits: Credits, total: float, measure: str, *, single: bool) -> Iterator[list[str]]:
    from rich.markup import escape

    chosen = next(reversed(credits.values()))
    ranked = sorted(chosen, key=lambda name: (-getattr(chosen[name], measure), name))
    for channel in ranked:
        cells = [escape(channel)]
        for channels in credits.values():
            worth = getattr(channels[channel], measure)
            cells.append(f"{worth:,.2f}")
            if single:
                cells.append(f"{worth / total:.2%}" if total else "0.00%")
        yield cells

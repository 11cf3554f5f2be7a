"""``shemei import``: the wizard's steps without the pages. Exit 0 in (or nothing new), 1 rows with errors, 2 refused."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from shemei.commands.homes import writable_home
from shemei.commands.setup import django_home, migrate

SHOWN_ERRORS = 10
Tell = Callable[[int, int | None, str | None], None]


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", default="", help="种类：orders 等；不写由系统按表头认")
@click.option("--workspace", required=True, help="品牌空间的编号或名称")
@click.option(
    "--mapping", default="auto", show_default=True, help="auto、saved，或 字段=表头,字段=表头"
)
@click.option("--currency", default="", help="币种，例如 GBP；不写用种类的默认")
@click.option("--option", "extra", multiple=True, help="种类的其他选项：名=值，可写多次")
@click.option("--dry-run", is_flag=True, help="只核对，不写入")
@click.option("--force", is_flag=True, help="同一份文件已入库时仍然再核对一次")
@click.option("--json", "as_json", is_flag=True, help="给程序读的结果")
@click.option(
    "--home",
    envvar="SHEMEI_HOME",
    type=click.Path(),
    help="数据文件夹，默认 .shemei",
)
def import_file(
    file: Path,
    kind: str,
    workspace: str,
    mapping: str,
    currency: str,
    extra: tuple[str, ...],
    dry_run: bool,
    force: bool,
    as_json: bool,
    home: str | None,
) -> None:
    """导入一份文件。错行不影响其余行；退出码 0 全部入库，1 有错行，2 没有入库。"""
    writable_home(home)
    django_home(home)
    migrate()
    from shemei.kernel.imports.errors import ImportError_
    from shemei.kernel.tasks import Cancelled

    options = dict(pair.partition("=")[::2] for pair in extra)
    options |= {"currency": currency.upper()} if currency else {}
    try:
        told = _run(file, kind, workspace, mapping, options, dry_run, force, quiet=as_json)
    except ImportError_ as error:
        _refuse(str(error), as_json)
    except Cancelled:
        _refuse("有人在网页上取消了这次导入，写过的行都已撤回。", as_json)
    click.echo(json.dumps(told, ensure_ascii=False, indent=1)) if as_json else _print(told)
    sys.exit(1 if told["errors"] else 0)


def _refuse(message: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": message}, ensure_ascii=False))
    else:
        Console(stderr=True).print(f"没有入库：{message}", style="red")
    sys.exit(2)


def _workspace(told: str) -> Any:
    from django.db.models import Q

    from shemei.apps.accounts.models import Workspace
    from shemei.kernel.imports.errors import ImportError_

    found = list(Workspace.objects.filter(Q(key=told) | Q(name=told), is_active=True)[:2])
    if len(found) == 1:
        return found[0]
    have = "、".join(Workspace.objects.filter(is_active=True).values_list("name", flat=True)[:10])
    why = "有两个同名的，请写编号" if found else f"现有：{have or '一个也没有，请先建品牌空间'}"
    raise ImportError_(f"没有找到品牌空间「{told}」。{why}。")


def _run(
    file: Path,
    kind: str,
    workspace: str,
    mapping: str,
    options: dict[str, str],
    dry_run: bool,
    force: bool,
    *,
    quiet: bool,
) -> dict[str, Any]:
    from django_scopes import scope

    from shemei.kernel.actor import SYSTEM
    from shemei.kernel.imports import actions
    from shemei.kernel.imports.errors import ImportError_

    brand, begun = _workspace(workspace), time.monotonic()
    with scope(workspace=brand):
        batch = _received(brand, file, kind, options)
        if (same := actions.earlier_same(batch)) and not force:
            actions.discard(batch, by=SYSTEM)
            return _same(same)
        columns = _columns(batch, mapping)
        try:
            actions.set_mapping(batch, columns, {}, by=SYSTEM, remember="=" in mapping)
            with _watched(batch), _Bar(quiet) as tell:
                heard = _heard(batch, tell)
                actions.check(batch, by=SYSTEM, tell=heard)
                problems = _problems(batch)
                if not dry_run:
                    actions.write(batch, by=SYSTEM, tell=heard)
        except ImportError_:
            batch.refresh_from_db()
            actions.discard(batch, by=SYSTEM)
            raise
        told = _result(batch, problems, time.monotonic() - begun, dry_run)
        if dry_run:
            actions.discard(batch, by=SYSTEM)
        return told


@contextmanager
def _watched(batch: Any) -> Iterator[None]:
    """Give the batch a task: where this process is killed, the worker sees that it fell silent and goes on."""
    from shemei.kernel import tasks
    from shemei.kernel.actor import SYSTEM
    from shemei.kernel.errors import words_of
    from shemei.kernel.models import LongTask

    title = f"命令行导入「{batch.file_name}」"
    task = tasks.create(batch.workspace, LongTask.Kind.IMPORT, title, by=SYSTEM)
    task.state = task.State.RUNNING
    task.save(update_fields=["state"])
    batch.task = task
    batch.save(update_fields=["task", "touched_at"])
    try:
        yield
    except BaseException as error:
        stopped = isinstance(error, tasks.Cancelled)
        task.state = task.State.CANCELLED if stopped else task.State.FAILED
        task.error = words_of(error) if not stopped else ""
        task.save(update_fields=["state", "error"])
        raise
    task.state = task.State.DONE
    task.save(update_fields=["state"])


def _heard(batch: Any, tell: Tell) -> Tell:
    """Tell the bar and, as a sign of life, the task."""
    from shemei.kernel.tasks import Progress

    progress = Progress(batch.task)

    def both(done: int, total: int | None = None, step: str | None = None) -> None:
        tell(done, total, step)
        progress.tell(done, total, step)

    return both


def _received(brand: Any, file: Path, kind: str, options: dict[str, str]) -> Any:
    from shemei.kernel.actor import SYSTEM
    from shemei.kernel.imports import actions
    from shemei.kernel.imports.errors import ImportError_
    from shemei.kernel.imports.kinds import all_kinds

    known = {one.key: one.name for one in all_kinds()}
    if kind and kind not in known:
        have = "、".join(f"{key}（{name}）" for key, name in known.items())
        raise ImportError_(f"没有「{kind}」这一种。可用：{have}。")
    with file.open("rb") as source:
        batch = actions.receive(brand, source, file.name, by=SYSTEM, kind=kind, options=options)
    allowed = {
        option.key: {key for key, _ in option.choices_in(batch.workspace)}
        for option in batch.kind_of.options
    }
    for name, value in options.items():
        if value not in allowed.get(name, set()):
            actions.discard(batch, by=SYSTEM)
            have = "、".join(sorted(allowed.get(name, set()))) or "这一种没有这个选项"
            raise ImportError_(f"选项 {name} 不能是「{value}」。可用：{have}。")
    return batch


def _columns(batch: Any, mapping: str) -> dict[str, int]:
    """``auto`` and ``saved`` are what was proposed; ``saved`` demands that a person confirmed it before."""
    from shemei.kernel.actor import SYSTEM
    from shemei.kernel.imports import actions
    from shemei.kernel.imports.errors import ImportError_

    if mapping == "saved" and "saved" not in batch.matched_by.values():
        actions.discard(batch, by=SYSTEM)
        raise ImportError_("这组表头还没有存过对应。请先在网页上对一次表头，或用 --mapping auto。")
    if mapping in ("auto", "saved"):
        return dict(batch.mapping)
    pairs = dict(pair.partition("=")[::2] for pair in mapping.split(","))
    return dict(batch.mapping) | actions.mapping_from_headers(batch, pairs)


def _same(batch: Any) -> dict[str, Any]:
    when = batch.finished_at.astimezone().strftime("%Y-%m-%d %H:%M")
    said = f"这份文件 {when} 已由{batch.started_by}入库，内容一字未变，没有再写。"
    return {
        "batch": batch.key,
        "state": "same",
        "message": said,
        "new": 0,
        "changed": 0,
        "errors": 0,
    }


def _problems(batch: Any) -> list[str]:
    """The first mistakes as sentences, as long as the checked rows are still there."""
    from shemei.kernel.imports import files
    from shemei.kernel.imports.stage import Stage

    if not batch.error_rows:
        return []
    with Stage(files.folder(batch.key) / files.STAGE) as stage:
        return [
            f"第 {p.row} 行，{p.label or '整行'}「{p.value}」：{p.problem}。{p.fix}。"
            for p in stage.problems(SHOWN_ERRORS)
        ]


def _result(batch: Any, problems: list[str], seconds: float, dry_run: bool) -> dict[str, Any]:
    from shemei.kernel.imports import files

    told = {
        "batch": "" if dry_run else batch.key,
        "state": "checked" if dry_run else batch.state,
        "kind": batch.kind,
        "noun": batch.kind_of.noun,
        "merged": batch.merged,
        "preset": batch.preset,
        "seconds": round(seconds, 1),
        "notes": batch.notes,
        "warnings": batch.warnings,
        "problems": problems,
        "mapping": {key: batch.headers[index] for key, index in batch.mapping.items()},
    } | {k: v for k, v in batch.counts.items() if k != "skips"}
    if batch.error_rows and not dry_run:
        told["error_file"] = str(files.folder(batch.key) / files.ERRORS)
    return told


class _Bar:
    """A bar on the terminal, or nothing; gives the ``tell`` that the actions call."""

    def __init__(self, quiet: bool) -> None:
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=quiet,
        )

    def __enter__(self) -> Callable[[int, int | None, str | None], None]:
        self.bar.start()
        self.task = self.bar.add_task("读取", total=None)
        return self._tell

    def _tell(self, done: int, total: int | None = None, step: str | None = None) -> None:
        if step:
            self.bar.update(self.task, description=step)
        self.bar.update(self.task, completed=done, total=total or self.bar.tasks[0].total)

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


def _print(told: dict[str, Any]) -> None:
    console = Console()
    if told["state"] == "same":
        console.print(told["message"])
        return
    table = Table(show_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    names = {
        "rows": "读到行数",
        "new": "新增",
        "changed": "有变化",
        "same": "没变",
        "skipped": "按规则略去",
        "errors": "错行",
        "held": "与错行同组",
    }
    for key, label in names.items():
        unit = told["noun"] if key in ("new", "changed", "same") else "行"
        table.add_row(label, f"{told.get(key, 0):,} {unit}")
    for label, count in told.get("extra", {}).items():
        if count:
            table.add_row(label, f"{count:,}")
    console.print(table)
    if told.get("merged"):
        console.print(f"· 合起来是 {told['merged']}", highlight=False)
    for line in [*told["notes"], *told["warnings"], *told["problems"]]:
        console.print(f"· {line}", highlight=False)
    if "error_file" in told:
        console.print(f"错行存为 {told['error_file']}，改好再导。", style="yellow")
    verb = "核对完毕，没有写入" if told["state"] == "checked" else "已入库"
    console.print(f"{verb}，用时 {told['seconds']} 秒。", style="green")

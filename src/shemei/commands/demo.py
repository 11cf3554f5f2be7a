"""``shemei demo``: the example company, built once and opened."""

from __future__ import annotations

import json
import shutil
import time
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.panel import Panel
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from shemei.commands.homes import place_at
from shemei.commands.serve import refuse_taken_ports, run_all
from shemei.commands.setup import django_home, migrate
from shemei.warehouse.home import Home
from shemei.warehouse.vocabulary import SHANGHAI

console = Console()
DEFAULT_HOME = ".shemei-demo"
NOTE = "demo.json"


@click.command()
@click.option(
    "--home",
    default=DEFAULT_HOME,
    show_default=True,
    help="示例公司的数据文件夹",
)
@click.option("--no-serve", is_flag=True, help="造完就退出，不启动网页")
@click.option("--rebuild", is_flag=True, help="删掉旧的示例公司，按今天重造")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, help="网页端口")
@click.option("--edge-port", default=8001, show_default=True, help="短链与采集端口")
@click.option("--people", type=click.IntRange(min=1), hidden=True, help="少造些人，测试用")
def demo(
    home: str,
    no_serve: bool,
    rebuild: bool,
    host: str,
    port: int,
    edge_port: int,
    people: int | None,
) -> None:
    """造一家示例公司（一个护肤品牌的 180 天，约百万条事件）并打开它。"""
    if not no_serve:
        refuse_taken_ports(host, port, edge_port)
    place = place_at(home).path
    if rebuild:
        _remove(place)
    note = _read(place) or _build(place, people)
    banner = _banner(note, port)
    if no_serve:
        console.print(banner)
        return
    run_all(str(place), host, port, edge_port, banner=banner)


def _read(place: Path) -> dict[str, str] | None:
    note = place / "keys" / NOTE
    return json.loads(note.read_text()) if note.exists() else None


def _remove(place: Path) -> None:
    """Only a folder that a demo was built into is ever removed."""
    if place.exists() and not (place / "keys" / NOTE).exists() and any(place.iterdir()):
        raise click.ClickException(
            f"{place} 不像是示例公司的文件夹，没有动它。换一个：--home 文件夹"
        )
    shutil.rmtree(place, ignore_errors=True)


def _build(place: Path, people: int | None) -> dict[str, str]:
    """Build beside the final place and rename, so that a cancelled build leaves nothing half-done."""
    if place.exists() and any(place.iterdir()):
        raise click.ClickException(
            f"{place} 里已有别的东西，没有动它。换一个空文件夹：--home 文件夹"
        )
    draft = place.with_name(f"{place.name}.building")
    shutil.rmtree(draft, ignore_errors=True)
    started = time.monotonic()
    note = _build_into(django_home(str(draft)), people)
    (draft / "keys" / NOTE).touch(mode=0o600)
    (draft / "keys" / NOTE).write_text(json.dumps(note, ensure_ascii=False))
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rmdir()
    draft.rename(place)
    console.print(
        f"造好了：{note['orders']} 单，{note['events']} 条事件，用时 {time.monotonic() - started:.0f} 秒。"
    )
    return note


def _build_into(home: Home, people: int | None) -> dict[str, str]:
    from shemei.demo.build import PEOPLE, build, new_password
    from shemei.demo.script import MEMBERS

    password = new_password()
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("准备数据库")
        migrate()
        built = build(
            home,
            now=datetime.now(SHANGHAI),
            password=password,
            tell=lambda step: _tell(progress, task, step),
            people=people or PEOPLE,
        )
    from django.db import connections

    connections.close_all()
    return {
        "email": MEMBERS[0][0],
        "password": password,
        "orders": f"{built.orders:,}",
        "events": f"{built.events:,}",
    }


def _tell(progress: Progress, task: TaskID, step: str) -> None:
    """The step beside the spinner; line by line where nobody sees one turn."""
    progress.update(task, description=step)
    if not console.is_terminal:
        console.print(step)


def _banner(note: dict[str, str], port: int) -> Panel:
    text = f"打开　[b][link]http://localhost:{port}/[/link][/b]\n账号　[b]{note['email']}[/b]\n密码　[b]{note['password']}[/b]\n\n先看「总览」，再点「归因分析」里的任一格。Ctrl C 停止。"
    return Panel(text, title="屿禾护肤（示例公司）", expand=False, border_style="blue")

"""``shemei erase``: a person's events out of every answer at once, out of every file at night or now."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shemei.commands.homes import writable_home
from shemei.commands.progress import told
from shemei.commands.setup import django_home, migrate

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from shemei.warehouse.log.tombstones import Erased


@click.command()
@click.option("--workspace", required=True, help="品牌空间的编号（设置 → 品牌空间）")
@click.option("--person", type=int, default=0, help="人的编号（人群 → 详情）")
@click.option("--order", default="", help="或这个人的任一订单号")
@click.option("--customer", default="", help="或店铺里的顾客编号")
@click.option("--now", "at_once", is_flag=True, help="立即重写全部文件并出证明；不给则今夜执行")
@click.option("--proof", type=click.Path(dir_okay=False, path_type=Path), help="证明写到这个文件")
@click.option("--yes", is_flag=True, help="不再确认")
@click.option(
    "--home",
    envvar="SHEMEI_HOME",
    type=click.Path(),
    help="数据文件夹，默认 .shemei",
)
def erase(
    workspace: str,
    person: int,
    order: str,
    customer: str,
    at_once: bool,
    proof: Path | None,
    yes: bool,
    home: str | None,
) -> None:
    """删除一个人的全部事件：马上从所有数字里消失，文件今夜重写，或加 --now 立即重写。

    一个人的全部身份一起删：浏览器、顾客编号、手机号散列、订单号。删除之后的新行为照常记录。
    """
    if sum(map(bool, (person, order, customer))) != 1:
        raise click.UsageError("请给 --person、--order、--customer 中的一个。")
    writable_home(home)
    place = django_home(home)
    migrate()
    found = _found(place, workspace, person, order, customer)
    who = (
        f"{len(found.visitors)} 个浏览器、{len(found.customers)} 个顾客编号、"
        f"{len(found.phones)} 个手机号散列、{len(found.orders)} 个订单"
    )
    click.echo(f"找到 {found.rows:,} 条事件，{len(found.days)} 天；{who}。", err=True)
    if not yes:
        click.confirm("删除后不能恢复，继续？", abort=True, err=True)
    _erase(place, found, at_once=at_once, proof=proof)


def _found(home: Home, workspace: str, person: int, order: str, customer: str) -> Erased:
    from shemei.kernel import outbox
    from shemei.warehouse.computed import settling
    from shemei.warehouse.log.tombstones import Erased, excluded
    from shemei.warehouse.upkeep import erasure

    outbox.relay(home)
    settling.settle(home)
    customer = _as_the_log_calls(workspace, customer)
    try:
        return erasure.find_person(home, workspace, person=person, order=order, customer=customer)
    except erasure.ErasureError as error:
        for one in excluded(home):
            if (
                isinstance(one, Erased)
                and one.workspace == workspace
                and (person == one.person != 0 or order in one.orders or customer in one.customers)
            ):
                return one
        raise click.ClickException(str(error)) from None


def _as_the_log_calls(workspace: str, customer: str) -> str:
    """The log knows a customer by the key of the shop's row, not by the shop's own number."""
    from django_scopes import scope, scopes_disabled

    from shemei.apps.accounts.models import Workspace
    from shemei.apps.commerce.queries import customers_called

    with scopes_disabled():
        brand = Workspace.objects.filter(key=workspace).first()
    if brand is None or not customer:
        return customer
    with scope(workspace=brand):
        return next(iter(customers_called(customer)), customer)


def _erase(home: Home, found: Erased, *, at_once: bool, proof: Path | None) -> None:
    from shemei.warehouse.computed import settling
    from shemei.warehouse.upkeep import erasure, maintenance
    from shemei.warehouse.upkeep.proof import prove

    done = erasure.erase(home, found)
    for name, count in _operational(done).items():
        click.echo(f"业务数据：{name} {count} 条。")
    if not at_once:
        settling.settle(home)
        click.echo("已从所有数字里删除；文件在今夜重写。要立即重写请加 --now。")
        return
    with told() as tell:
        maintenance.erase_now(home, done, tell)
        result = prove(home, done, tell)
    target = proof or Path(f"erasure-{done.key}.json")
    target.write_bytes(result.as_json())
    click.echo(
        f"检查了 {len(result.files):,} 个文件、{sum(one.rows for one in result.files):,} 行，"
        f"还剩 {result.hits} 处。证明：{target}"
    )
    if not result.complete:
        click.echo("正在写的分段里还有，一分钟后再执行一次同样的命令。", err=True)
    sys.exit(not result.complete)


def _operational(person: Erased) -> dict[str, int]:
    from django_scopes import scopes_disabled

    from shemei.apps.accounts.models import Workspace
    from shemei.kernel.erasure import erase_operational

    with scopes_disabled():
        workspace = Workspace.objects.filter(key=person.workspace).first()
    return erase_operational(workspace, person) if workspace else {}

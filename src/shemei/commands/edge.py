"""``shemei edge``: the front door alone, for a machine or a core of its own."""

from __future__ import annotations

from pathlib import Path

import click

from shemei.commands.homes import said_once, spool_home
from shemei.edge.server import Address, serve


@click.command()
@click.option(
    "--home",
    envvar="SHEMEI_HOME",
    type=click.Path(path_type=Path),
    help="数据文件夹，默认 .shemei",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8001, show_default=True, help="短链与采集端口")
@click.option(
    "--trust-proxy",
    default="",
    metavar="ADDR",
    help="只相信这个地址（可用逗号分隔多个）的反向代理送来的 X-Forwarded-* 头",
)
def edge(home: Path | None, host: str, port: int, trust_proxy: str) -> None:
    """启动短链跳转与事件采集：每次点击先存盘，再跳转。"""
    with said_once():
        place = spool_home(home)
    click.echo(f"短链与采集入口：http://{host}:{port}/  数据：{place.path}")
    serve(place, Address(host, port, trust_proxy))


if __name__ == "__main__":
    edge()

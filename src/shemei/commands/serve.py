"""``shemei serve`` and its parts: the web, the edge and the worker, supervised or each alone."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from shemei.commands.homes import SAID, own_home, said_once
from shemei.commands.setup import django_home, migrate

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

console = Console()
home_option = click.option(
    "--home",
    envvar="SHEMEI_HOME",
    type=click.Path(),
    help="数据文件夹，默认 .shemei",
)
RESTART_AFTER = 1.0
STOP_WITHIN = 15.0
PACKAGE = Path(__file__).resolve().parents[1]


@click.command()
@home_option
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, help="网页端口")
@click.option("--edge-port", default=8001, show_default=True, help="短链与采集端口")
@click.option("--trust-proxy", default="", help="前面反向代理的地址，例如 127.0.0.1")
def serve(home: str | None, host: str, port: int, edge_port: int, trust_proxy: str) -> None:
    """启动网页、短链入口和后台三个进程，并看护它们。"""
    run_all(home, host, port, edge_port, trust_proxy=trust_proxy)


def run_all(
    home: str | None,
    host: str,
    port: int,
    edge_port: int,
    *,
    banner: object = "",
    trust_proxy: str = "",
) -> None:
    """Supervise the three processes until Ctrl C or SIGTERM; a port in use is said before anything starts."""
    refuse_taken_ports(host, port, edge_port)
    if home:
        os.environ["SHEMEI_HOME"] = os.path.abspath(home)
    os.environ["SHEMEI_EDGE_PORT"] = str(edge_port)
    proxied = ["--trust-proxy", trust_proxy] if trust_proxy else []
    parts = [
        Part("web", ["--host", host, "--port", str(port), *proxied]),
        Part("edge", ["--host", host, "--port", str(edge_port), *proxied]),
        Part("worker", []),
    ]
    _prepare(own_home(None))
    console.print(
        f"[b]Shemei 社媒[/b] 正在启动：[link]http://{_shown(host)}:{port}/[/link]　Ctrl C 停止"
    )
    supervise(parts, ready=banner or "已就绪。")


def _prepare(home: Home) -> None:
    """Migrate in a process of its own, so that the supervisor stays small; once for each shape of the database.

    Web and worker look again for themselves: a database put back from a backup is brought up to date.
    """
    stamp, shape = home.path / "shape", _shape()
    if stamp.exists() and stamp.read_text() == shape:
        return
    program = "from shemei.commands.setup import prepare; prepare()"
    code = subprocess.run([sys.executable, "-c", program]).returncode
    if code == SAID:
        raise click.exceptions.Exit(1)
    if code:
        raise click.ClickException("数据库没有准备好，原因见上面几行。")
    stamp.write_text(shape)


def _shape() -> str:
    """Which migrations this code has, and which database it is for."""
    names = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("migrations/*.py"))
    told = [*names, os.environ.get("DATABASE_URL", "")]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def refuse_taken_ports(host: str, port: int, edge_port: int) -> None:
    """Say at once, of both, what is taken and what to write instead."""
    wanted = ((port, "--port"), (edge_port, "--edge-port"))
    taken = [(number, option, why) for number, option in wanted if (why := _why_not(host, number))]
    if taken:
        reasons = "；".join(f"端口 {number} 用不了（{why}）" for number, _, why in taken)
        instead = " ".join(f"{option} {number + 10}" for number, option, _ in taken)
        raise click.ClickException(f"{reasons}。换一个：{instead}")


def _why_not(host: str, port: int) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or "被占用"
    return ""


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else host


@dataclass(slots=True)
class Part:
    """One supervised process."""

    name: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "shemei", self.name, *self.arguments]
        )

    def ended(self) -> int | None:
        return self.process.poll() if self.process else None


def supervise(parts: list[Part], *, ready: object = "已就绪。") -> None:
    """Start the parts, start one again when it dies, stop all of them on a signal and wait for each to drain.

    One that said why it cannot run would say so for ever: then all stop, exit code 1. ``ready`` is printed once
    the ports answer.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    for part in parts:
        part.start()
    threading.Thread(target=_say_when_ready, args=(parts, stopping, ready), daemon=True).start()
    refused = False
    while not stopping.wait(0.3) and not refused:
        refused = any(part.ended() == SAID for part in parts)
        for part in parts if not refused else ():
            _start_again(part, stopping)
    stopping.set()
    _stop(parts)
    if refused:
        raise click.exceptions.Exit(1)


def _start_again(part: Part, stopping: threading.Event) -> None:
    code = part.ended()
    if code is None or code == SAID or stopping.is_set():
        return
    console.print(f"[yellow]{part.name} 意外退出（{code}），{RESTART_AFTER:.0f} 秒后重启[/yellow]")
    stopping.wait(RESTART_AFTER)
    part.start()


def _say_when_ready(parts: list[Part], stopping: threading.Event, ready: object) -> None:
    ports = [int(part.arguments[3]) for part in parts if part.name in ("web", "edge")]
    while not stopping.wait(0.2):
        if all(_answers(port) for port in ports):
            console.print(ready)
            return


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _stop(parts: list[Part]) -> None:
    for part in parts:
        if part.process and part.ended() is None:
            part.process.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for part in parts:
        try:
            part.process and part.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            part.process and part.process.kill()


@said_once()
def _opened(home: str | None) -> Home:
    own_home(home)
    place = django_home(home)
    migrate()
    return place


@click.command()
@home_option
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, help="端口")
@click.option("--trust-proxy", default="", help="前面反向代理的地址，例如 127.0.0.1")
def web(home: str | None, host: str, port: int, trust_proxy: str) -> None:
    """只启动网页。"""
    _opened(home)
    import uvicorn

    uvicorn.run(
        "shemei.config.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        lifespan="off",
        forwarded_allow_ips=trust_proxy or None,
        timeout_graceful_shutdown=5,
    )


@click.command()
@home_option
def worker(home: str | None) -> None:
    """只启动后台：任务、发件箱、入库、汇总。"""
    place = _opened(home)
    from shemei.config.worker import Worker

    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    Worker(place).run(stopping)

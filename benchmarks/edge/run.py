"""Edge against nginx and a small Django view: requests per second, latency, CPU per request.

    python benchmarks/edge/run.py [--seconds 4] [--rounds 3] [--dry]

Every server runs alone on core 0, wrk on core 1; rounds alternate between the servers, medians are
shown. nginx answers a constant and stores nothing; the edge has every hit on disk before it
answers. Needs nginx, wrk and taskset. Appends its table to ``benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shemei.edge.linkbook import LinkRecord, rewrite
from shemei.edge.sites import publish_sites
from shemei.warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "RESULTS.md"
LINKS = 100_000
CONNECTIONS = (32, 256)
QUIET = 0.2
"""A run is taken again while other processes use more of a core than this."""
PATIENCE = 8
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15"
EVENT = (
    '{"site":"SITE","kind":"view","visitor":"0123456789abcdef0123456789abcdef",'
    '"url":"https://shop.example.cn/p/%05d?utm_source=xhs&utm_medium=social&_c='
    '01a20aef-fe9c-7c43-aca8-7a614c%06d",'
    '"referrer":"https://www.xiaohongshu.com/explore/1","title":"PAD","consent":1}'
)
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location /r/ {{ return 302 https://shop.example.cn/p/1; }}
    location / {{ return 204; }}
  }}
}}
"""
LUA_GET = """
request = function()
  return wrk.format("GET", string.format("/r/c%06d", math.random(0, {last})))
end
"""
LUA_POST = """
wrk.method = "POST"
wrk.path = "/e"
wrk.headers["Content-Type"] = "text/plain"
local body = [[{body}]]
request = function()
  local page, click = math.random(1, 99999), math.random(0, 999999)
  return wrk.format(nil, nil, nil, string.format(body, page, click))
end
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement."""

    rate: float
    p50: float
    p99: float
    cpu: float
    errors: int
    foreign: float


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="just this server")
    parser.add_argument("--dry", action="store_true", help="do not write RESULTS.md")
    options = parser.parse_args()
    for tool in ("nginx", "wrk", "taskset"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not installed; see docs/reference/edge.md")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    with tempfile.TemporaryDirectory(prefix="shemei-edge-", dir=real_disk()) as folder:
        runs = measure(Path(folder), options.seconds, options.rounds, options.only)
    table = report(runs, options)
    print(table)
    if not options.dry:
        append(table)


def real_disk() -> Path:
    """Return a place for temporary files on a disk: on a tmpfs an fsync is no work."""
    for place in (Path(tempfile.gettempdir()), Path("/var/tmp")):
        if filesystem(place) not in ("tmpfs", "ramfs"):
            return place
    sys.exit("set TMPDIR to a folder on a real disk: there an fsync is the work to be measured")


def filesystem(place: Path) -> str:
    """Return the type of the file system a folder lies on."""
    kinds = {}
    for line in Path("/proc/mounts").read_text().splitlines():
        _, folder, kind, *_ = line.split()
        kinds[Path(folder)] = kind
    real = place.resolve()
    return next(kinds[folder] for folder in (real, *real.parents) if folder in kinds)


def measure(
    folder: Path, seconds: int, rounds: int, only: str
) -> dict[tuple[str, int, str], list[Run]]:
    """Return all runs by (method, connections, server)."""
    home = prepare(folder)
    scripts = write_scripts(folder)
    runs: dict[tuple[str, int, str], list[Run]] = defaultdict(list)
    for turn in range(rounds):
        for name in ("nginx", "edge", "django"):
            if only not in ("", name):
                continue
            with server(name, folder, home) as (pid, port):
                for method, script in scripts.items():
                    for connections in CONNECTIONS:
                        run = undisturbed(pid, port, script, connections, seconds)
                        runs[method, connections, name].append(run)
                        print(turn, name, method, connections, run, flush=True)
    return runs


def prepare(folder: Path) -> Home:
    """Make an installation with 100,000 links and one site."""
    home = Home(folder / "home").ensure()
    utm = {"utm_source": "xhs", "utm_medium": "social", "utm_campaign": "double11"}
    rewrite(
        home,
        (
            LinkRecord(
                code=f"c{n:06d}",
                url=f"https://shop.example.cn/p/{n}?sku={n}",
                workspace="w" * 22,
                link=f"l{n:021d}",
                platform="xhs",
                campaign="c" * 22,
                content=f"t{n % 500:021d}",
                utm=utm,
            )
            for n in range(LINKS)
        ),
    )
    publish_sites(home, {"sites": {"SITE": {"workspace": "w" * 22, "hosts": ["example.cn"]}}})
    return home


def write_scripts(folder: Path) -> dict[str, Path]:
    """Write what wrk is to send."""
    body = EVENT.replace("PAD", "x" * (500 - len(EVENT) + 3))
    scripts = {"GET": folder / "get.lua", "POST": folder / "post.lua"}
    scripts["GET"].write_text(LUA_GET.format(last=LINKS - 1))
    scripts["POST"].write_text(LUA_POST.format(body=body))
    return scripts


@contextmanager
def server(name: str, folder: Path, home: Home) -> Iterator[tuple[int, int]]:
    """Run one server on core 0 and yield the process that works, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(["taskset", "-c", "0", *command(name, folder, home, port)], cwd=HERE)
    try:
        wait_for(port)
        yield worker_of(process.pid) if name == "nginx" else process.pid, port
    finally:
        process.terminate()
        process.wait(timeout=30)


def command(name: str, folder: Path, home: Home, port: int) -> list[str]:
    """Return how a server is started."""
    if name == "nginx":
        settings = folder / "nginx.conf"
        settings.write_text(NGINX.format(folder=folder, port=port))
        return ["nginx", "-c", str(settings), "-e", str(folder / "error.log")]
    python = [sys.executable, "-m"]
    if name == "edge":
        edge = ["shemei.commands.edge", "--home", str(home.path), "--port", str(port)]
        return [*python, *edge]
    options = ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning"]
    plain = ["--port", str(port), "--no-access-log", "--no-server-header", "--lifespan", "off"]
    return [*python, "uvicorn", "django_view:application", *options, *plain]


def wait_for(port: int) -> None:
    """Wait until the port answers."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nothing answers on port {port}")


def worker_of(master: int) -> int:
    """Return nginx's worker: it is the child that does the work."""
    time.sleep(0.2)
    return int(Path(f"/proc/{master}/task/{master}/children").read_text().split()[0])


def undisturbed(pid: int, port: int, script: Path, connections: int, seconds: int) -> Run:
    """Return the first run during which nobody else used the processor much, or the least bad."""
    taken = []
    for _ in range(PATIENCE):
        wait_for_quiet()
        run = load(pid, port, script, connections, seconds)
        if run.foreign < QUIET:
            return run
        taken.append(run)
    return min(taken, key=lambda run: run.foreign)


def wait_for_quiet() -> None:
    """Wait until the machine has been idle for a second, at most three minutes."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        before = busy_seconds()
        time.sleep(1)
        if busy_seconds() - before < QUIET:
            return


def busy_seconds() -> float:
    """Return the CPU time the whole machine has spent working, stolen time included."""
    fields = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def load(pid: int, port: int, script: Path, connections: int, seconds: int) -> Run:
    """Let wrk run and return what it and the kernel counted."""
    wrk = ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", "--latency", "-s", str(script)]
    target = [f"http://127.0.0.1:{port}/", "-H", f"User-Agent: {PHONE}"]
    subprocess.run([*wrk, "-d1s", *target], check=True, capture_output=True)
    before, around, children = cpu_seconds(pid), busy_seconds(), os.times()
    out = subprocess.run(
        [*wrk, f"-d{seconds}s", *target], check=True, capture_output=True, text=True
    ).stdout
    used, after = cpu_seconds(pid) - before, os.times()
    mine = used + after.children_user + after.children_system
    mine -= children.children_user + children.children_system
    done = int(found(r"(\d+) requests in", out))
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return Run(
        rate=float(found(r"Requests/sec:\s+([\d.]+)", out)),
        p50=milliseconds(found(r"50%\s+([\d.]+\w+)", out)),
        p99=milliseconds(found(r"99%\s+([\d.]+\w+)", out)),
        cpu=used / done * 1e6,
        errors=int(wrong[1]) if wrong else 0,
        foreign=(busy_seconds() - around - mine) / seconds,
    )


def found(pattern: str, text: str) -> str:
    """Return the first group of a pattern that must be there."""
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"wrk said something unexpected:\n{text}")
    return match[1]


def milliseconds(text: str) -> float:
    """Return wrk's ``1.2ms`` as a number of milliseconds."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of all threads of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(runs: dict[tuple[str, int, str], list[Run]], options: argparse.Namespace) -> str:
    """Return the table with date, commit and machine."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True
    ).stdout.strip()
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · commit {commit} · {machine()}; server on core "
        f"0, wrk on core 1; median of {options.rounds} runs of {options.seconds} s; "
        f"{LINKS:,} links; segments on {filesystem(real_disk())}; other processes used "
        f"{disturbance(runs):.0%} of a core at most.",
        "",
        "| request | conn. | server | req/s | of nginx | p50 ms | p99 ms | CPU µs/req | errors |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (method, connections, name), taken in sorted(runs.items()):
        rate = middle(taken, "rate")
        peer = runs.get((method, connections, "nginx"))
        ratio = f"{rate / middle(peer, 'rate'):.3f}" if peer else ""
        figures = (f"{middle(taken, field):.1f}" for field in ("p50", "p99", "cpu"))
        errors = sum(run.errors for run in taken)
        lines.append(
            f"| {method} | {connections} | {NAMES[name]} | {rate:,.0f} | {ratio} | "
            f"{' | '.join(figures)} | {errors} |"
        )
    return "\n".join(lines) + "\n"


NAMES = {
    "nginx": "nginx `return`, stores nothing",
    "edge": "**shemei edge, every hit fsynced before the answer**",
    "django": "Django async view on uvicorn, no middleware, stores nothing",
}


def middle(taken: list[Run], field: str) -> float:
    """Return the median of one figure."""
    return statistics.median(getattr(run, field) for run in taken)


def disturbance(runs: dict[tuple[str, int, str], list[Run]]) -> float:
    """Return the most that others used during any run that counts."""
    return max(run.foreign for taken in runs.values() for run in taken)


def machine() -> str:
    """Return the processor and the versions that matter."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    name = cpu[1] if cpu else platform.machine()
    return (
        f"{name} × {os.cpu_count()}, Linux {platform.release()}, Python {platform.python_version()}"
    )


def append(table: str) -> None:
    """Put the table under the heading Edge."""
    text = RESULTS.read_text() if RESULTS.exists() else "# Results\n"
    if "\n## Edge\n" not in text:
        text = text.rstrip() + "\n\n## Edge\n"
    before, _, after = text.partition("\n## Edge\n")
    RESULTS.write_text(f"{before}\n## Edge\n\n{table}{after}")


if __name__ == "__main__":
    main()

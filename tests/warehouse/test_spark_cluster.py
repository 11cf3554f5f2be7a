"""A Spark standalone cluster of two workers reads the same lake and gives the same rows."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.warehouse.cast import FIRST, LAST, WALK

from shemei.warehouse.flows import Funnel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.warehouse.lake import Lake

pytestmark = pytest.mark.engines

ASK = """
import json, sys, time
from pyspark.sql import SparkSession
from shemei.warehouse import Funnel, open_home

master, home, workspace, first, last = sys.argv[1:]
spark = (
    SparkSession.builder.master(master).appName("smoke")
    .config("spark.ui.enabled", "false").config("spark.executor.memory", "512m")
    .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", "4").getOrCreate()
)
status = spark.sparkContext._jsc.sc().getExecutorMemoryStatus
until = time.monotonic() + 60
while status().size() < 3 and time.monotonic() < until:
    time.sleep(0.2)
rows = open_home(home, engine="spark").ask(Funnel(workspace, int(first), int(last))).rows
print(json.dumps({"executors": status().size() - 1, "rows": rows.to_pylist()}))
"""


def test_a_cluster_of_two_workers_reads_the_same_lake(november: Lake, tmp_path: Path) -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("Spark 没有安装：pip install pyspark，并需要 Java 17")
    with cluster(tmp_path, workers=2) as master:
        arguments = [master, str(november.home.path), WALK, str(FIRST), str(LAST)]
        asked = subprocess.run(
            [sys.executable, "-c", ASK, *arguments],
            env=environment(tmp_path), capture_output=True, text=True, timeout=400,
        )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    told = json.loads(asked.stdout.splitlines()[-1])
    assert told["executors"] == 2
    assert told["rows"] == november.ask(Funnel(WALK, FIRST, LAST)).rows.to_pylist()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Start a master and workers on this machine; ended, Java and all, at the end."""
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    here = ("--host", "127.0.0.1", "--webui-port", "0")
    deploy = "org.apache.spark.deploy"
    commands = [(f"{deploy}.master.Master", *here, "--port", str(port))]
    for n in range(workers):
        room = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"worker-{n}"))
        commands.append((f"{deploy}.worker.Worker", *here, *room, master))
    spark_class = Path(importlib.util.find_spec("pyspark").origin).parent / "bin" / "spark-class"  # type: ignore[union-attr, arg-type]
    running = [
        subprocess.Popen(
            [str(spark_class), *command], env=environment(folder), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]  # fmt: skip
    try:
        wait_for(port)
        yield master
    finally:
        for process in running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def environment(folder: Path) -> dict[str, str]:
    source = Path(__file__).resolve().parents[2] / "src"
    own = {
        "PYTHONPATH": str(source),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
    }
    return {**os.environ, **own}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError(f"no Spark master on port {port} after {seconds} seconds")

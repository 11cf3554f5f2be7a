"""``shemei test``: the whole suite on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[3]


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--strict",
    is_flag=True,
    help="连慢的几项一起，跳过也算失败（缺 ../shared/data 的除外）；持续集成用",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(strict: bool, arguments: tuple[str, ...]) -> None:
    """运行测试；其余参数原样交给 pytest，例如 shemei test tests/engines -x。"""
    if not (ROOT / "tests").is_dir():
        raise click.ClickException("测试随源码一起：请在源码目录里运行 ./shemei test。")
    os.chdir(ROOT)
    _keep_compiled()
    lighter: tuple[str, ...] = ()
    if strict:
        os.environ["SHEMEI_TEST_STRICT"] = "1"
    elif all(argument.startswith("--") for argument in arguments):
        os.environ["SHEMEI_TEST_QUICK"] = "1"
        lighter = ("--nomigrations",)
        click.echo("慢的几项（反复 kill -9、逐页走一遍、各处的浏览器故事）留给 --strict。")
    parallel = (
        []
        if any(argument.startswith(("-n", "tests", "src")) for argument in arguments)
        else ["-n", "2" if strict else "3", "--dist", "loadfile", "--no-loadscope-reorder"]
    )
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *parallel, *lighter, *arguments])


def _keep_compiled() -> None:
    """Where the shell forbids bytecode beside the sources, it is kept with the environment.

    The tests start processes by the hundred; each would compile Django, the engines and us anew.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "pycache"))

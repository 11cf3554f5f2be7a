"""The command ``shemei``. Each command's module is loaded only when it is called, so that small ones start fast."""

from __future__ import annotations

import importlib
from typing import cast

import click

from shemei import __version__
from shemei.commands.refusals import explained

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo:demo", "造一家示例公司并打开它（先用这个）"),
    "serve": ("serve:serve", "启动全部：网页、短链入口、后台"),
    "web": ("serve:web", "只启动网页"),
    "edge": ("edge:edge", "只启动短链与采集入口"),
    "worker": ("serve:worker", "只启动后台：任务、入库、汇总"),
    "import": ("imports:import_file", "导入订单、内容数据、花费等文件"),
    "attribute": ("attribute:attribute", "给一份路径文件做归因，不需要数据库"),
    "export": ("export:export", "导出事件、路径或归因结果"),
    "doctor": ("doctor:doctor", "检查这套安装是否健康"),
    "verify": ("verify:verify", "逐个文件核对：账目、校验和、数据湖、数据库"),
    "backup": ("backup:backup", "把全部数据备份成一个文件，不用停机"),
    "restore": ("restore:restore", "从备份恢复到一个新文件夹"),
    "erase": ("erase:erase", "删除一个人的全部事件，可立即执行并出证明"),
    "test": ("test:test", "运行测试"),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        return cast(
            "click.Command",
            getattr(importlib.import_module(f"shemei.commands.{module}"), attribute),
        )

    def invoke(self, ctx: click.Context) -> object:
        with explained():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="shemei")
def main() -> None:
    """Shemei 社媒：从内容到成交，每一步都追得到。"""


if __name__ == "__main__":
    main()

"""``shemei backup``: the whole home in one file, while everything runs."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from shemei.commands.homes import writable_home
from shemei.commands.progress import told
from shemei.commands.refusals import sentence
from shemei.commands.sealing import read_word, seal


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--home",
    envvar="SHEMEI_HOME",
    type=click.Path(),
    help="数据文件夹，默认 .shemei",
)
@click.option("--with-keys", is_flag=True, help="连同钥匙，用一句口令加密；会提问")
@click.option(
    "--word-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="口令写在这个文件里，供定时备份使用",
)
def backup(target: Path, home: str | None, with_keys: bool, word_file: Path | None) -> None:
    """把全部数据备份成一个文件；TARGET 是文件名（.tar.gz 或 .tar）或文件夹。

    运行中即可备份。默认不含钥匙（keys 文件夹）：请另外保存，或加 --with-keys。
    """
    from shemei.warehouse.upkeep import backup as making

    place = writable_home(home)
    file = target / _file_name() if target.is_dir() else target
    sealed = seal(place.keys, read_word(word_file, confirm=True)) if with_keys else b""
    try:
        with told() as tell:
            packed = making.backup(
                place,
                file,
                database_url=os.environ.get("DATABASE_URL", ""),
                sealed_keys=sealed,
                tell=tell,
            )
    except (making.BackupError, OSError) as error:
        raise click.ClickException(f"没有备份成：{sentence(error) or error}") from None
    size = file.stat().st_size / 1024**2
    click.echo(f"{file}：{len(packed.files):,} 个文件，{size:,.1f} MB，每个都有校验和。")
    if not with_keys:
        click.echo(
            f"钥匙不在里面，请另外保存 {place.keys}：没有它，旧的手机号散列和加密的密码认不出来。"
        )


def _file_name() -> str:
    return f"shemei-{datetime.now().astimezone():%Y%m%d-%H%M%S}.tar.gz"

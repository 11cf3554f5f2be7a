"""``shemei restore``: a new home from a backup, checked before it appears."""

from __future__ import annotations

from pathlib import Path

import click

from shemei.commands.homes import place_at
from shemei.commands.progress import told
from shemei.commands.refusals import sentence, sentence_of_full
from shemei.commands.sealing import read_word, unseal


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--home",
    envvar="SHEMEI_HOME",
    required=True,
    type=click.Path(path_type=Path),
    help="恢复到这个新文件夹；已有内容的不会覆盖",
)
@click.option(
    "--word-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="钥匙的口令写在这个文件里；不给则提问",
)
def restore(archive: Path, home: Path, word_file: Path | None) -> None:
    """从备份恢复到一个新文件夹；每个文件先核对，有一处不符就什么也不留下。"""
    from shemei.warehouse.upkeep import backup as making

    place = place_at(home)
    try:
        with told() as tell:
            packed = making.restore(archive, place.path, tell)
    except (making.BackupError, OSError) as error:
        why = sentence(error) or sentence_of_full(error.__cause__) or error
        raise click.ClickException(f"没有恢复：{why}") from None
    place.ensure()
    click.echo(f"{place.path}：恢复了 {packed.made_at} 的 {len(packed.files):,} 个文件。")
    sealed = place.path / making.SEALED_KEYS
    if sealed.exists():
        names = unseal(sealed.read_bytes(), read_word(word_file, confirm=False), place.keys)
        sealed.unlink()
        click.echo(f"钥匙也恢复了：{'、'.join(names)}。")
    else:
        click.echo(f"备份里没有钥匙，请把另外保存的放回 {place.keys}，再启动。")
    if making.POSTGRES in packed.files:
        dump = place.path / making.POSTGRES
        click.echo(f"业务数据：pg_restore --clean --if-exists -d 数据库地址 {dump}")
    click.echo(f"请核对：shemei verify --home {place.path}")

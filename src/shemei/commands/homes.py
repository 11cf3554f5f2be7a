"""The data folder a command is given: is it there, is it ours, may it be written, does this program know its log."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shemei.warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SAID = 78
"""The code of a process that has said why it cannot run, and would say the same again (``EX_CONFIG``)."""


class Unfit(click.ClickException):
    """A data folder that no second attempt makes any better: the message says what, where, and what to do."""


@contextmanager
def said_once() -> Iterator[None]:
    """A home that is unfit ends a part with the code by which the supervisor knows not to start it again."""
    try:
        yield
    except Unfit as error:
        error.exit_code = SAID
        raise


def home_at(home: str | Path | None) -> Home:
    """The folder that was named, else that of the environment; nothing is looked at."""
    return Home(Path(home).resolve()) if home else Home.from_environment()


def existing_home(home: str | Path | None) -> Home:
    """The home to look into; one that is not there, is none of ours or too new is refused, and not touched."""
    place = home_at(home)
    _refuse_file(place)
    if not place.path.is_dir():
        raise Unfit(
            f"没有数据文件夹 {place.path}。请用 --home 指到 shemei serve 用的那一个；"
            "看示例公司，写 --home .shemei-demo。"
        )
    _refuse_foreign(place)
    _refuse_newer(place)
    return place


def writable_home(home: str | Path | None) -> Home:
    """The home to write to, of which there must be one already."""
    place = existing_home(home)
    _refuse_read_only(place)
    return place


def own_home(home: str | Path | None) -> Home:
    """The home to run with, made where nothing is there yet; whether its log is too new is found by who opens it."""
    place = _ours_or_new(home)
    _refuse_read_only(place)
    return place.ensure()


def spool_home(home: str | Path | None) -> Home:
    """The home whose spool alone is written to, as the edge does."""
    place = _ours_or_new(home)
    _refuse_shut([place.spool if place.spool.exists() else _nearest(place.spool)])
    return place


def place_at(home: str | Path) -> Home:
    """The folder that a command fills or replaces itself; a file is refused, a folder is for the command to judge."""
    place = home_at(home)
    _refuse_file(place)
    return place


def _ours_or_new(home: str | Path | None) -> Home:
    place = home_at(home)
    _refuse_file(place)
    if place.path.is_dir():
        _refuse_foreign(place)
    return place


def _refuse_file(place: Home) -> None:
    """Neither a file nor anything below one can be the folder, whoever runs the command."""
    found = place.path if place.path.exists() else _nearest(place.path)
    if not found.is_dir():
        raise Unfit(
            f"{found} 是一个文件，不是文件夹，没有动它。请用 --home 指到数据文件夹，或一个空文件夹。"
        )


def _refuse_foreign(place: Home) -> None:
    found = {one.name for one in place.path.iterdir() if not one.name.startswith(".")}
    if found - {"lost+found"} and not found & {place.spool.name, place.lake.name}:
        raise Unfit(
            f"{place.path} 里是别的东西，不像 Shemei 的数据文件夹，没有动它。"
            "请用 --home 指到原来的数据文件夹，或一个空文件夹。"
        )


def _refuse_read_only(place: Home) -> None:
    parts = (place.path, place.spool, place.lake, place.keys, place.database)
    _refuse_shut([path for path in parts if path.exists()] or [_nearest(place.path)])


def _refuse_shut(paths: Iterable[Path]) -> None:
    if shut := next((path for path in paths if not os.access(path, os.W_OK)), None):
        raise Unfit(
            f"写不进 {shut}：磁盘是只读的，或这个用户没有权限。"
            "请检查挂载，或把数据文件夹交给运行 Shemei 的用户（chown -R），再执行一次；没有改动任何数据。"
        )


def _nearest(path: Path) -> Path:
    """The folder in which a new one would be made."""
    return next(one for one in path.parents if one.exists())


def _refuse_newer(place: Home) -> None:
    from shemei.warehouse.log.table import NewerLake, must_be_known

    try:
        must_be_known(place)
    except NewerLake as error:
        raise Unfit(str(error)) from None

"""The analyst's door: open a home and ask, with no web server and no settings."""

from __future__ import annotations

from pathlib import Path

from shemei.warehouse.computed.settling import recomputing
from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake
from shemei.warehouse.log.table import OlderLake, must_be_current


class HomeError(FileNotFoundError):
    """A folder is not the home of an installation; the message says what is missing."""


def open_home(path: str | Path | None = None, *, engine: str = "duckdb") -> Lake:
    """Open the log of an installation for questions; nothing is written.

    Parameters
    ----------
    path : str or Path, optional
        The folder that ``shemei serve`` or ``shemei demo`` keeps everything in; by default that of
        ``SHEMEI_HOME``.
    engine : str
        What reads: ``duckdb``, or ``clickhouse`` (chdb) or ``spark`` (pyspark) where installed.

    Returns
    -------
    Lake
        Its ``ask`` answers the questions of this package.

    Raises
    ------
    HomeError
        Where the folder is none of an installation.
    OlderLake, NewerLake
        Where another version of the program wrote the log, or computed the figures: nothing of that is
        read, and the answers would be zeros. The message says what to do.

    Examples
    --------
    >>> import tempfile
    >>> home = Home(Path(tempfile.mkdtemp())).ensure()
    >>> open_home(home.path).workspaces()
    []
    >>> open_home("/no/such/folder")
    Traceback (most recent call last):
    ...
    shemei.warehouse.analyst.HomeError: /no/such/folder 不是社媒的数据文件夹：里面没有 lake
    """
    home = Home.from_environment() if path is None else Home(Path(path).resolve())
    if not home.lake.is_dir():
        raise HomeError(f"{home.path} 不是社媒的数据文件夹：里面没有 lake")
    must_be_current(home)
    lake = Lake(home, engine)
    if recomputing(home, lake.engine.shelf) is not None:
        raise OlderLake(
            f"{home.lake}: 升级后，数字还没有重新计算，现在问到的都会是 0。"
            "请先运行 shemei serve，算完再来问；逐条的事件现在就能用 shemei export events 导出。"
        )
    return lake

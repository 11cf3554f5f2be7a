"""What a machine refuses (disk full, a file busy, a broken database), told as a sentence that says what to do."""

from __future__ import annotations

import errno
import sqlite3
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
INTERRUPTED = 130
"""What shells expect of a command that Ctrl C has ended."""
AGAIN = "没有做完的会接着做，已做完的不会做两遍"


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the machine refused into the end of a command, exit code 1, without a stack trace."""
    try:
        yield
    except click.exceptions.Exit:
        raise
    except KeyboardInterrupt:
        click.echo(f"\n停下了。再执行一次同样的命令：{AGAIN}。", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    except Exception as error:
        told = sentence(error)
        if not told:
            raise
        raise click.ClickException(told) from error


def sentence(error: BaseException) -> str:
    """What to say of a failure that is the machine's, ``""`` where it is somebody else's.

    >>> sentence(OSError(errno.ENOSPC, "No space left on device", "/data/db"))
    '磁盘写不下了（/data/db）。请先清出空间，再执行一次同样的命令：没有做完的会接着做，已做完的不会做两遍。'
    >>> sentence(ValueError("a defect"))
    ''
    """
    if isinstance(error, OSError):
        return _of_disk(error)
    if isinstance(error, sqlite3.Error) or _is_django(error):
        return _of_database(str(error))
    if _is_of_another_version(error):
        return str(error)
    if type(error).__module__.partition(".")[0] in ("deltalake", "duckdb", "_internal", "_duckdb"):
        why = str(error).splitlines()[0][:200]
        return (
            f"数据湖没有写成：{why}。请看磁盘空间（shemei doctor），再执行一次同样的命令：{AGAIN}。"
        )
    return ""


def sentence_of_full(error: BaseException | None) -> str:
    """The sentence of a disk that is full, ``""`` for anything else: what reads one file and writes another says so."""
    return _of_disk(error) if isinstance(error, OSError) and error.errno in FULL else ""


def _of_disk(error: OSError) -> str:
    where = f"（{error.filename}）" if error.filename else ""
    if error.errno in FULL or "os error 27" in str(error) or "os error 28" in str(error):
        return f"磁盘写不下了{where}。请先清出空间，再执行一次同样的命令：{AGAIN}。"
    why = error.strerror or str(error).splitlines()[0][:200]
    return f"磁盘没有照做{where}：{why}。请检查磁盘和权限，再执行一次同样的命令：{AGAIN}。"


def _is_of_another_version(error: BaseException) -> bool:
    """Whether the log was written by another version of the program; asked without loading what reads it."""
    log = sys.modules.get("shemei.warehouse.log.table")
    return log is not None and isinstance(error, log.NewerLake | log.OlderLake)


def _is_django(error: BaseException) -> bool:
    return any(
        kind.__module__ == "django.db.utils" and kind.__name__ == "DatabaseError"
        for kind in type(error).__mro__
    )


def _of_database(why: str) -> str:
    if "locked" in why:
        return f"数据库正忙，等了许久仍被占用。请过一会儿再执行一次同样的命令：{AGAIN}。"
    if "readonly" in why or "unable to open" in why:
        return f"数据库写不进（{why}）。请检查磁盘是不是只读、权限对不对，再执行一次同样的命令：{AGAIN}。"
    if "full" in why or "disk I/O" in why:
        return f"数据库写不进磁盘（{why}）。请先清出空间，再执行一次同样的命令：{AGAIN}。"
    return f"数据库没有照做：{why}。请用 shemei doctor 检查；坏了请从备份恢复。"

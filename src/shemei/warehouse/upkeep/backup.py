"""One file that holds a whole home, made while everything runs, and a home made from it again.

While the relay, the loader and the settler wait for a moment, the files of that moment are linked
aside (they are never written over), and the databases copied by their own means. What is packed
afterwards is one state: nothing acknowledged before is missing, nothing is there twice.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import shutil
import sqlite3
import subprocess
import tarfile
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

import orjson

from shemei.warehouse.computed.shelf import Shelf
from shemei.warehouse.log import table as events
from shemei.warehouse.log.groups import committed
from shemei.warehouse.log.segments import sync_folder, write_file
from shemei.warehouse.upkeep.erasure import silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shemei.warehouse.home import Home

    Tell = Callable[[str, int, int], None]

MANIFEST = "shemei-backup.json"
FORMAT = 1
STAGE = ".backup-"
MADE = "backups.jsonl"
POSTGRES = "postgres.dump"
SEALED_KEYS = "keys.sealed"
SIMULATED = "simulated"
"""The folder of what a simulator knows of its brands; only demo companies have one."""
SMALL_LAKE_FILES = ("manifest.json", "tombstones.json", "put_back.json", "retention.json", "night")


class BackupError(RuntimeError):
    """The backup cannot be made or used; nothing was changed. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What a backup holds: name → size and hash of every file, and when it was taken."""

    files: dict[str, dict[str, Any]]
    made_at: str
    log_version: int
    format: int = FORMAT


def backup(
    home: Home,
    target: Path,
    *,
    database_url: str = "",
    sealed_keys: bytes = b"",
    tell: Tell = silent,
) -> Packed:
    """Write a home into one tar file; the file appears only when it is whole.

    Parameters
    ----------
    home : Home
        The installation, which may be running.
    target : Path
        A file name; ``.tar`` is not compressed, anything else is gzip.
    database_url : str
        Where the operational data is PostgreSQL; it is dumped where ``pg_dump`` is installed.
    sealed_keys : bytes
        The keys, encrypted by the caller; without them they must be kept elsewhere.
    tell : callable
        Hears of the progress.
    """
    if target.exists():
        raise BackupError(f"{target} 已经存在，没有覆盖。请换个文件名。")
    part = target.with_name(f"{target.name}.part")
    with events.locked(home.path / "backup.lock"), _stage(home) as stage:
        version = _freeze(home, stage, database_url)
        if sealed_keys:
            write_file(stage / SEALED_KEYS, sealed_keys)
        try:
            packed = _pack(stage, part, version, plain=target.suffix == ".tar", tell=tell)
            os.replace(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
        _note(home, target, packed)
    return packed


def _note(home: Home, target: Path, packed: Packed) -> None:
    """Remember when which backup was made: an erasure says which of them still hold the person."""
    line = orjson.dumps({"made_at": packed.made_at, "name": target.name})
    with (home.path / MADE).open("ab") as file:
        file.write(line + b"\n")


def made_before(home: Home, moment: int, *, keep_days: int = 0) -> list[dict[str, str]]:
    """Return the backups made up to a moment (UTC microseconds), with the day they are to go.

    Parameters
    ----------
    home : Home
        The installation.
    moment : int
        UTC microseconds.
    keep_days : int
        For how many days backups are kept, where that is settled; 0 names no day.
    """
    try:
        lines = (home.path / MADE).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    limit = datetime.fromtimestamp(moment / 1e6, UTC)
    found: list[dict[str, str]] = [orjson.loads(line) for line in lines]
    told = [one for one in found if datetime.fromisoformat(one["made_at"]) <= limit]
    if keep_days:
        for one in told:
            until = datetime.fromisoformat(one["made_at"]) + timedelta(days=keep_days)
            one["until"] = until.date().isoformat()
    return [one for one in told if not keep_days or one["until"] >= f"{limit:%Y-%m-%d}"]


@contextmanager
def _stage(home: Home) -> Iterator[Path]:
    """Make the folder beside which files are linked; what a kill left there before is removed."""
    for left in home.path.glob(f"{STAGE}*"):
        shutil.rmtree(left)
    stage = home.path / f"{STAGE}{secrets.token_hex(6)}"
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _freeze(home: Home, stage: Path, database_url: str) -> int:
    """Link and copy one state of the home; returns the version of the log."""
    with ExitStack() as held:
        for lock in (
            home.spool / ".relay.lock",
            home.lake / "settle.lock",
            home.lake / "loader.lock",
            home.lake / "tombstones.lock",
        ):
            held.enter_context(events.locked(lock))
        if database_url:
            _dump_postgres(database_url, stage / POSTGRES)
        elif home.database.exists():
            _copy_sqlite(home.database, stage / home.database.name)
        if home.jobs.exists():
            _copy_sqlite(home.jobs, stage / home.jobs.name)
        _freeze_spool(home, stage / "spool")
        version = _freeze_lake(home, stage / "lake")
    for folder in (home.links, home.media, home.path / SIMULATED):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".lock":
                _take(path, stage / path.relative_to(home.path), copy=folder != home.media)
    return version


def _copy_sqlite(path: Path, target: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _dump_postgres(url: str, target: Path) -> None:
    program = shutil.which("pg_dump")
    if not program:
        raise BackupError(
            "业务数据在 PostgreSQL 里，这台机器没有 pg_dump。请安装 postgresql-client 再备份。"
        )
    done = subprocess.run(
        [program, "--format=custom", f"--file={target}", url], capture_output=True, check=False
    )
    if done.returncode:
        raise BackupError(f"pg_dump 没有成功：{done.stderr.decode(errors='replace').strip()}")


def _freeze_spool(home: Home, stage: Path) -> None:
    """Take what waits and what failed; a file being written is taken up to its last commit."""
    for folder in sorted(path for path in home.spool.glob("*") if path.is_dir()):
        place = stage / folder.name
        place.mkdir(parents=True)
        for path in folder.glob("*.open"):
            with suppress(FileNotFoundError):
                end, _ = committed(path)
                write_file(place / f"{path.stem}.seg", path.read_bytes()[:end])
        for path in folder.glob("*.seg"):
            (place / path.name).unlink(missing_ok=True)
            _take(path, place / path.name)
        for path in folder.glob("failed/*"):
            _take(path, place / "failed" / path.name)
        if (folder / "highest").exists():
            _take(folder / "highest", place / "highest", copy=True)
        write_file(place / ".stream", b"")


def _freeze_lake(home: Home, stage: Path) -> int:
    log = events.open_table(home)
    root = events.events_path(home)
    for item in events.live_files(log):
        _take(Path(item.path), stage / Path(item.path).relative_to(home.lake))
    for path in sorted((root / "_delta_log").glob("*")):
        _take(path, stage / path.relative_to(home.lake), copy=path.name == "_last_checkpoint")
    for name in Shelf(home).current().files.values():
        _take(home.lake / name, stage / name)
    for name in SMALL_LAKE_FILES:
        if (home.lake / name).exists():
            _take(home.lake / name, stage / name, copy=True)
    return int(log.version())


def _take(path: Path, target: Path, *, copy: bool = False) -> None:
    """Link a file that is never written over, or copy it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not copy:
        with suppress(OSError):
            os.link(path, target)
            return
    shutil.copyfile(path, target)


class _Hashing(io.RawIOBase):
    """Reads a file and hashes what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.blake2b(digest_size=32)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.hash.update(data)
        return data


def _pack(stage: Path, part: Path, version: int, *, plain: bool, tell: Tell) -> Packed:
    paths = sorted(path for path in stage.rglob("*") if path.is_file())
    total = sum(path.stat().st_size for path in paths)
    files: dict[str, dict[str, Any]] = {}
    done = 0
    with part.open("wb") as raw:
        os.fchmod(raw.fileno(), 0o600)
        with _tar(raw, plain=plain) as tar:
            for path in paths:
                tell("备份", done, total)
                name = path.relative_to(stage).as_posix()
                files[name] = _add(tar, path, name)
                done += int(files[name]["size"])
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            packed = Packed(files, made_at, version)
            text = orjson.dumps(asdict(packed), option=orjson.OPT_INDENT_2)
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
        raw.flush()
        os.fsync(raw.fileno())
    tell("备份", total, total)
    return packed


def _tar(raw: IO[bytes], *, plain: bool) -> tarfile.TarFile:
    if plain:
        return tarfile.open(fileobj=raw, mode="w|")
    return tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1)


def _add(tar: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        info.size = os.fstat(file.fileno()).st_size
        info.mode = 0o600
        hashing = _Hashing(file)
        tar.addfile(info, hashing)
    return {"size": info.size, "blake2b": hashing.hash.hexdigest()}


def restore(archive: Path, target: Path, tell: Tell = silent) -> Packed:
    """Make a new home from a backup; it appears only when every file has been checked.

    Parameters
    ----------
    archive : Path
        What :func:`backup` wrote.
    target : Path
        A folder that is not there yet, or is empty.

    Raises
    ------
    BackupError
        Where the folder is in use or the archive is not whole; nothing is left behind.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(f"{target} 不是空的。恢复只写到新的文件夹，不覆盖任何数据。")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{target.name}.restoring-{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    try:
        packed = _unpack(archive, draft, tell)
        for path in [draft, *(p for p in draft.rglob("*") if p.is_dir())]:
            sync_folder(path)
        os.replace(draft, target)
        sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return packed


def _unpack(archive: Path, draft: Path, tell: Tell) -> Packed:
    found: dict[str, dict[str, Any]] = {}
    told: bytes = b""
    size = archive.stat().st_size
    try:
        with archive.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|*") as tar:
            for member in tar:
                tell("恢复", min(raw.tell(), size), size)
                file = tar.extractfile(member) if member.isfile() else None
                if file is None:
                    raise BackupError(f"{archive}: {member.name} 不是普通文件，不恢复。")
                if member.name == MANIFEST:
                    told = file.read()
                else:
                    found[member.name] = _extract(file, _inside(draft, member.name, archive))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"{archive} 读不完整：{error}。没有恢复任何东西。") from error
    if not told:
        raise BackupError(f"{archive} 不完整：末尾没有清单。没有恢复任何东西。")
    packed = Packed(**orjson.loads(told))
    if packed.format > FORMAT:
        raise BackupError(f"{archive} 是更新版本的 Shemei 做的（格式 {packed.format}），请先升级。")
    wrong = sorted(n for n in packed.files.keys() | found if packed.files.get(n) != found.get(n))
    if wrong:
        names = "、".join(wrong[:5])
        raise BackupError(
            f"{archive} 里 {len(wrong)} 个文件和清单不符：{names}。没有恢复任何东西。"
        )
    tell("恢复", size, size)
    return packed


def _inside(draft: Path, name: str, archive: Path) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts:
        raise BackupError(f"{archive}: 文件名 {name!r} 指到外面，不恢复。")
    return draft.joinpath(*parts)


def _extract(file: IO[bytes], target: Path) -> dict[str, Any]:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.blake2b(digest_size=32)
    fd = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    size = 0
    with os.fdopen(fd, "wb") as out:
        while data := file.read(1 << 20):
            digest.update(data)
            size += out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return {"size": size, "blake2b": digest.hexdigest()}

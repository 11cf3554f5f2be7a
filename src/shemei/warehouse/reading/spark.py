"""Spark, local or a cluster, over the files of the lake."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shemei.warehouse.reading.dialects import leaving_out, nothing
from shemei.warehouse.reading.readers import EngineMissing, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_VIEWS = 256

_TYPES = {pa.string(): "STRING", pa.int64(): "BIGINT", pa.int32(): "INT", pa.bool_(): "BOOLEAN"}


class Spark:
    """Spark SQL; sets of files become temporary views of the session.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
        Where views are made.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self._views: dict[str, None] = {}
        self._lock = threading.Lock()

    def literal(self, value: str | int) -> str:
        """Escape quotes and backslashes."""
        if isinstance(value, int):
            return str(value)
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def source(self, files: Sequence[str], schema: pa.Schema) -> str:
        """Name a view of the files, or select nothing with the right columns."""
        return self._view(files, schema, "") if files else nothing(schema, spark_type)

    def events(self, files: Sequence[str], schema: pa.Schema, without: Sequence[str] = ()) -> str:
        """Name a view of the log; the day stands in the names of its folders."""
        if not files:
            return nothing(schema, spark_type)
        root = files[0].rsplit("/day=", 1)[0]
        return leaving_out(self._view(files, schema, root), without)

    def micros(self, expression: str) -> str:
        """Use ``unix_micros``."""
        return f"unix_micros({expression})"

    def _view(self, files: Sequence[str], schema: pa.Schema, root: str) -> str:
        told = hashlib.blake2b("\n".join(files).encode(), digest_size=12).hexdigest()
        name = f"shemei_{told}"
        with self._lock:
            if name not in self._views:
                columns = ", ".join(f"{item.name} {spark_type(item.type)}" for item in schema)
                reader = self._session.read.schema(columns)
                reader = reader.option("basePath", root) if root else reader
                reader.parquet(*files).createOrReplaceTempView(name)
                self._views[name] = None
                self._forget()
        return name

    def _forget(self) -> None:
        while len(self._views) > MOST_VIEWS:
            oldest = next(iter(self._views))
            del self._views[oldest]
            self._session.catalog.dropTempView(oldest)


def spark_type(kind: pa.DataType) -> str:
    """Return Spark's name of an Arrow type used in the lake.

    Examples
    --------
    >>> spark_type(pa.timestamp("us", tz="UTC"))
    'TIMESTAMP'
    """
    return _TYPES.get(kind, "TIMESTAMP")


class SparkReader:
    """Runs queries in the Spark session of this process; makes a local one where there is none."""

    def __init__(self) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise EngineMissing("Spark 没有安装：pip install pyspark，并需要 Java 17") from error
        self._session = SparkSession.getActiveSession() or _local(SparkSession.builder)
        self._session.conf.set("spark.sql.session.timeZone", "UTC")
        self.dialect = Spark(self._session)

    def run(self, sql: str) -> pa.Table:
        """Return the rows of a query."""
        return plain(self._session.sql(sql).toArrow())

    def lost_file(self, error: Exception) -> bool:
        """Tell by Java's name for a file that is not there."""
        return "FileNotFoundException" in str(error) or "PATH_NOT_FOUND" in str(error)


def _local(builder: Any) -> Any:
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.master("local[*]").appName("shemei").getOrCreate()

"""What an import can say went wrong: with a file (:class:`ImportError_`) or with one cell (:class:`CellError`)."""

from __future__ import annotations

from shemei.kernel.errors import ForPeople


class ImportError_(ForPeople):
    """The file or the batch cannot be used; the text says what happened, where and what to do."""


class CellError(ValueError):
    """One cell cannot be read.

    ``code`` groups equal mistakes; ``suggestion`` is a value that people may accept for the whole group.
    ``field`` is filled by whoever knows it.
    """

    def __init__(
        self, code: str, problem: str, fix: str, *, suggestion: str = "", field: str = ""
    ) -> None:
        self.code, self.problem, self.fix = code, problem, fix
        self.suggestion, self.field = suggestion, field
        super().__init__(f"{problem}。{fix}")


class Overtaken(ForPeople):
    """Another run has taken a batch over while this one stood still: it must not touch it any more."""

    def __init__(self) -> None:
        super().__init__("已经另起一次，由那一次接着做。")

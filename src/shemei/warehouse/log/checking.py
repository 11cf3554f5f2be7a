"""Whether sealed segments are as they were written, one after the other in the same memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.warehouse.log.groups import whole_groups

if TYPE_CHECKING:
    from pathlib import Path


class Checker:
    """Reads segments to memory that is kept for the next: asking for new costs as much as the sum.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.log.segments import write_segment
    >>> Checker().records(write_segment(Path(tempfile.mkdtemp()), 1, []))
    0
    """

    def __init__(self) -> None:
        self._room = bytearray()

    def records(self, path: Path) -> int:
        """Return how many records a segment holds.

        Raises
        ------
        SegmentError
            Where any byte of the file lies outside a committed group.
        """
        with path.open("rb", buffering=0) as file:
            self._resize(path.stat().st_size)
            with memoryview(self._room) as view:
                done = 0
                while got := file.readinto(view[done:]):
                    done += got
            self._resize(done)
        return sum(group.records for group in whole_groups(path, self._room))

    def _resize(self, size: int) -> None:
        if size > len(self._room):
            self._room.extend(bytes(size - len(self._room)))
        else:
            del self._room[size:]

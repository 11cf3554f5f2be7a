"""Read one cell as people and back-ends write it; every refusal says what is wrong and what to do.

Readers take what the table holds (text, a number or a datetime) and return JSON-able values: text, whole
numbers, 分 for money, UTC microseconds for moments, yyyymmdd for days.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from shemei.engines.phones import digits_of
from shemei.kernel.imports.errors import CellError
from shemei.kernel.money import parse_money
from shemei.platforms import CHOICES
from shemei.warehouse.vocabulary import SHANGHAI, int_day, to_ts

LONGEST = 60
"""No number and no moment is written in more characters; patterns never see a longer cell."""
LARGEST = 10**18
EMPTY = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "null",
        "none",
        "n/a",
        "#n/a",
        "nan",
        "nil",
        "无",
        "暂无",
        "空",
    }
)
_WIDE = dict(zip(range(0xFF01, 0xFF5F), range(0x21, 0x7F), strict=True)) | {
    0x3000: 0x20, 0xA0: 0x20, 0x2212: 0x2D, 0x200B: None, 0xFEFF: None, 0x200E: None, 0x202C: None, 0x202D: None,
}  # fmt: skip
_GUARDED = re.compile(r'^="(.*)"$')
_SCIENTIFIC = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")
_WHOLE = re.compile(r"^\d+\.0$")
_UNIT = {"万": 10_000, "w": 10_000, "W": 10_000, "k": 1_000, "K": 1_000, "千": 1_000, "亿": 10**8}
_INSIDE_BRACKETS = re.compile(r"[(（][^)）]*[)）]")
_NUMBER_IN = re.compile(r"-?\d[\d,]*\.?\d*")


def clean(value: Any) -> Any:
    """Trim text, drop the guards spreadsheets put before ids, and make every way of writing nothing ``""``."""
    if not isinstance(value, str):
        return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value
    text = value.strip(" \t\r\n\u3000\xa0\ufeff\u200b")
    if guarded := _GUARDED.match(text):
        text = guarded[1].strip()
    text = text.removeprefix("'")
    return "" if text.lower() in EMPTY else text


def half_width(text: str) -> str:
    return text.translate(_WIDE).strip()


def text(value: Any) -> str:
    """Any text, at most 300 characters."""
    return _plain(value)[:300]


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return str(value).replace("\x00", "")


def identifier(value: Any) -> str:
    """An order number or another id; one that a spreadsheet has rounded is refused."""
    if isinstance(value, float) and abs(value) >= 10**15:
        raise _rounded(value)
    found = half_width(_plain(value))
    if _SCIENTIFIC.match(found):
        raise _rounded(found)
    if _WHOLE.match(found):
        return found[:-2]
    if len(found) > 64:
        raise CellError(
            "id.long", f"编号有 {len(found)} 个字，最多 64 个", "请核对这一列是不是编号"
        )
    return found


def _rounded(value: object) -> CellError:
    return CellError(
        "id.rounded",
        f"编号「{value}」被表格软件改成了科学计数，末几位已丢",
        "请从后台重新导出，用文本格式打开这一列",
    )


def money(value: Any) -> int:
    """An amount in 分: ``¥1,299.00``, ``1.2万``, ``(35.00)`` for minus."""
    if isinstance(value, bool | datetime | date | time):
        raise CellError("money.kind", "不是金额", "请写成 1299.00 这样的数字")
    if isinstance(value, int | float):
        return _amount(repr(value) if isinstance(value, float) else str(value))
    written = half_width(value)
    if written.startswith("(") and written.endswith(")") and _NUMBER_IN.fullmatch(written[1:-1]):
        written = "-" + written[1:-1]
    return _amount(written.lstrip("£$€"))


def _amount(written: str) -> int:
    if len(written) > LONGEST:
        raise CellError("money.text", "不是金额", _money_fix(""))
    try:
        return parse_money(written)
    except ValueError:
        raise CellError(
            "money.text", "不是金额", _money_fix(written), suggestion=_money_inside(written)
        ) from None


def _money_inside(written: str) -> str:
    numbers = _NUMBER_IN.findall(_INSIDE_BRACKETS.sub("", written))
    return numbers[0].replace(",", "") if len(numbers) == 1 else ""


def _money_fix(written: str) -> str:
    inside = _money_inside(written)
    return f"去掉文字后为 {inside}" if inside else "请写成 1299.00 这样的数字"


def count(value: Any) -> int:
    """A whole number: ``1,204``, ``3.5万``, ``2w``, ``１２``."""
    number = _number(value)
    if number is None or abs(number) > 10**12:
        raise _no_count(value)
    if number != int(number):
        raise CellError(
            "count.fraction", f"「{value}」不是整数", "请改成整数", suggestion=str(round(number))
        )
    return int(number)


def _no_count(value: object) -> CellError:
    return CellError("count.text", f"「{str(value)[:40]}」不是数量", "请写成 12 或 1.2万 这样的数")


def _number(value: Any) -> Decimal | None:
    """What a cell says as a number, ``None`` where it says something else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if not isinstance(value, str):
        return Decimal(str(value)) if abs(value) < LARGEST else None
    if len(value) > LONGEST:
        return None
    written = half_width(value).replace(",", "").replace(" ", "").rstrip("+")
    factor = _UNIT.get(written[-1:], 0)
    try:
        number = Decimal(written[:-1] if factor else written) * (factor or 1)
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None


def decimal(value: Any) -> float:
    """A number with a fraction; ``15.20秒`` loses its unit."""
    stripped = re.sub(r"[秒sS分]$", "", half_width(value)) if isinstance(value, str) else value
    number = _number(stripped)
    if number is None:
        raise CellError("number.text", f"「{str(value)[:40]}」不是数", "请写成 12.5 这样的数")
    return float(number)


_CLOCK = re.compile(r"^(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)$")
_PARTED = re.compile(r"^(?:(\d{1,3})分钟?)?(\d{1,3}(?:\.\d+)?)[秒sS]$")


def seconds(value: Any) -> float:
    """A duration: ``15.20秒``, ``00:01:05``, ``1分05秒``, ``65``."""
    if isinstance(value, time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    written = half_width(value)[:LONGEST] if isinstance(value, str) else ""
    if found := _CLOCK.match(written):
        return int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(found[3])
    if found := _PARTED.match(written):
        return int(found[1] or 0) * 60 + float(found[2])
    return decimal(value)


def ratio(value: Any) -> float:
    """A share between 0 and 1: ``12.3%``, ``0.123`` and ``12.3`` are the same."""
    written = half_width(value) if isinstance(value, str) else value
    percent = isinstance(written, str) and written.endswith("%")
    number = _number(written[:-1] if percent else written) if written != "%" else None
    if number is None:
        raise CellError("ratio.text", f"「{str(value)[:40]}」不是比率", "请写成 12.3% 或 0.123")
    return float(number / 100 if percent or abs(number) > 1 else number)


def moment(value: Any) -> int:
    """A moment as UTC microseconds; without a zone it is Asia/Shanghai, without a time midnight."""
    found = _in_range(_moment(value))
    return to_ts(found if found.tzinfo else found.replace(tzinfo=SHANGHAI))


def day(value: Any) -> int:
    """A calendar day as yyyymmdd."""
    found = _in_range(_moment(value))
    return int_day((found.astimezone(SHANGHAI) if found.tzinfo else found).date())


def _in_range(found: datetime) -> datetime:
    if not 1990 <= found.year <= 2100:
        raise CellError("time.range", f"{found.year} 年不在 1990 至 2100 之间", "请核对原表")
    return found


_PARTS = re.compile(
    r"^(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?\s*"
    r"(?:周.|星期.)?\s*[T ]?\s*(?P<half>上午|下午|中午|晚上|凌晨|AM|PM|am|pm)?\s*"
    r"(?:(?P<H>\d{1,2})\s*[:时点]\s*(?:(?P<M>\d{1,2})\s*(?:[:分]\s*(?:(?P<S>\d{1,2})(?:\.\d+)?\s*秒?)?)?)?"
    r"\s*(?P<tail>AM|PM|am|pm)?)?$"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\s*(\d{2}):?(\d{2}):?(\d{2})?)?$")
_AMBIGUOUS = re.compile(
    r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$"
)
_FORMS = "请写成 2026-11-03 09:05"


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, (bool, time)):
        raise CellError("time.text", "不是日期", _FORMS)
    if isinstance(value, int | float):
        return _from_number(float(value) if abs(value) < LARGEST else math.inf)
    return _from_text(value)


def _from_text(value: str) -> datetime:
    written = " ".join(half_width(value).split())
    if len(written) > LONGEST:
        raise CellError("time.text", f"「{written[:40]}」不是日期", _FORMS)
    try:
        if "-" in written[4:5]:
            return datetime.fromisoformat(written)
    except ValueError:
        pass
    if found := _PARTS.match(written):
        return _from_parts(found)
    if found := _COMPACT.match(written):
        return _built(*(int(part or 0) for part in found.groups()))
    if found := _AMBIGUOUS.match(written):
        return _day_last(found)
    if re.fullmatch(r"\d{5}(\.\d+)?|\d{10}(\d{3})?", written):
        return _from_number(float(written))
    raise CellError("time.text", f"「{value[:40]}」不是日期", _FORMS)


def _from_parts(found: re.Match[str]) -> datetime:
    hour = int(found["H"] or 0)
    half = (found["half"] or found["tail"] or "").upper()
    if half in ("下午", "晚上", "PM") and hour < 12:
        hour += 12
    elif half in ("上午", "凌晨", "AM") and hour == 12:
        hour = 0
    parts = (int(found[name] or 0) for name in ("M", "S"))
    return _built(int(found["y"]), int(found["m"]), int(found["d"]), hour, *parts)


def _built(
    year: int, month: int, day_: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    try:
        return datetime(year, month, day_, hour, minute, second)
    except ValueError:
        raise _no_such(year, month, day_) from None


def _no_such(year: int, month: int, day_: int) -> CellError:
    if month > 12 and 1 <= day_ <= 12:
        guess = f"疑为 {year}-{day_:02d}-{month:02d}，" if month <= 28 else ""
        return CellError("time.month", f"{month} 月不存在", f"{guess}请核对原表")
    if month > 12 or month < 1:
        return CellError("time.month", f"{month} 月不存在", "请核对原表")
    if not 1 <= day_ <= 31:
        return CellError("time.day", f"{day_} 日不存在", "请核对原表")
    return CellError("time.day", "没有这一天或这一时刻", "请核对原表")


def _day_last(found: re.Match[str]) -> datetime:
    """12/25/2026 or 25/12/2026 say which is the day; 3/11/2026 does not."""
    a, b, year, *clock = (int(part or 0) for part in found.groups())
    if a <= 12 and b <= 12 and a != b:
        raise CellError(
            "time.order", f"「{found[0]}」分不清月和日", "请写成 2026-11-03 这样，年在前"
        )
    return _built(year, a if a <= 12 else b, b if a <= 12 else a, *clock)


def _from_number(number: float) -> datetime:
    """An Excel serial (days since 1899-12-30), a Unix second or a Unix millisecond."""
    if 20_000 <= number < 80_000:
        return _rounded_second(datetime(1899, 12, 30) + timedelta(days=number))
    if 19_900_101 <= number <= 21_001_231:
        return _from_text(str(int(number)))
    for scale in (1, 1000):
        if 6 * 10**8 <= number / scale <= 4_102_444_800:
            return datetime.fromtimestamp(number / scale, UTC)
    raise CellError("time.number", f"「{number:g}」不是日期", _FORMS)


def _rounded_second(found: datetime) -> datetime:
    return (found + timedelta(microseconds=500_000)).replace(microsecond=0)


def phone(value: Any) -> str:
    """The digits of a phone number; one that the platform has masked (``138****8888``) keeps its tail only."""
    written = half_width(_plain(value))
    digits = digits_of(written)
    if "*" in written:
        return "*" + digits[-4:] if len(digits) >= 4 else ""
    if not 7 <= len(digits) <= 15:
        raise CellError("phone.length", f"「{written[:20]}」不是手机号", "请核对；没有手机号就留空")
    return digits


def platform_reader(others: Mapping[str, str]) -> Callable[[Any], str]:
    """A reader of platforms by their names and keys, and by the ``others`` that a room's tables give them."""
    known = {name: key for key, name in CHOICES} | {key: key for key, _ in CHOICES} | dict(others)

    def platform(value: Any) -> str:
        name = half_width(str(value))
        if key := known.get(name):
            return key
        usual = "、".join(name for _, name in CHOICES[:8])
        raise CellError("platform", f"「{name[:20]}」不是系统认识的平台", f"请写成{usual}之一")

    return platform

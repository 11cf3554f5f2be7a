"""``shemei attribute`` from the outside: files in, answers and errors out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from shemei.commands.attribute import attribute

SOURCE = str(Path(__file__).resolve().parents[2] / "src")
HEADER = "path,total_conversions,total_conversion_value,total_null\n"
SMALL = HEADER + "微信 > 微博,2,20,1\n微博>抖音 >微博,1,9.5,0\n微信,0,0,4\n"


def run(*arguments: object) -> Any:
    return CliRunner().invoke(attribute, [str(argument) for argument in arguments])


def channels(path: Path, *arguments: object) -> dict[str, dict[str, float]]:
    result = run(path, "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["channels"]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "paths.csv"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.mark.shared_data
def test_all_models_equal_the_reference(shared_data: Path) -> None:
    result = run(shared_data / "attribution/pathdata.csv", "--format", "json")
    found = {answer["model"]: answer for answer in json.loads(result.stdout)}
    reference = json.loads((shared_data / "attribution/pathdata_reference.json").read_text())
    assert list(found) == ["first", "last", "linear", "position", "markov", "shapley"]
    assert found["linear"]["totals"]["conversion_rate"] == pytest.approx(19785 / 88387)
    for model, key in {"first": 0, "last": 0, "linear": 0, "position": "position_40_20_40"}.items():
        for name, (conversions, value) in reference[key or model].items():
            credit = found[model]["channels"][name]
            assert credit["conversions"] == pytest.approx(conversions, abs=1e-6)
            assert credit["value"] == pytest.approx(value, abs=1e-6)
    for model, expected, measure in (
        ("markov", reference["markov1_with_null"]["conversions"], "conversions"),
        ("markov", reference["markov1_with_null_value"]["value"], "value"),
        ("shapley", reference["shapley_subset_sum"], "conversions"),
    ):
        shares = {name: both[measure] for name, both in found[model]["channels"].items()}
        assert shares == pytest.approx(expected, abs=1e-6)


def test_one_model_as_json_is_one_object(small: Path) -> None:
    answer = json.loads(run(small, "--model", "last", "--format", "json").stdout)
    assert answer == {
        "model": "last",
        "order": None,
        "channels": {
            "微信": {"conversions": 0.0, "value": 0.0},
            "微博": {"conversions": 3.0, "value": 29.5},
            "抖音": {"conversions": 0.0, "value": 0.0},
        },
        "totals": {
            "conversions": 3.0,
            "value": 29.5,
            "null": 5.0,
            "conversion_rate": 0.375,
        },
    }


def test_the_order_is_told_with_the_chain(small: Path) -> None:
    result = run(small, "--model", "markov", "--order", 2, "--format", "json")
    assert json.loads(result.stdout)["order"] == 2


def test_csv_has_one_line_per_model_and_channel(small: Path) -> None:
    lines = run(small, "--format", "csv").stdout.splitlines()
    assert lines[0] == "model,order,channel,conversions,value"
    assert "first,,微信,2.0,20.0" in lines
    assert len(lines) == 1 + 6 * 3


def test_the_table_ranks_channels_under_chinese_headings(small: Path) -> None:
    text = run(small, "--model", "linear").stdout
    assert "渠道" in text and "线性" in text and "占比" in text and "合计" in text
    assert text.index("微博") < text.index("微信") < text.index("抖音")
    every = run(small).stdout
    assert "马尔可夫（1 阶）" in every and "Shapley" in every and "价值" in every


def test_parquet_and_csv_give_the_same_answer(small: Path, tmp_path: Path) -> None:
    columns: dict[str, Any] = {
        "path": ["微信 > 微博", "微博>抖音 >微博", "微信"],
        "total_conversions": pa.array([2, 1, 0], pa.int32()),
        "total_conversion_value": pa.array([20, 9.5, 0], pa.float32()),
        "total_null": pa.array([1, 0, 4], pa.int64()),
    }
    for i, kind in enumerate(
        (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()))
    ):
        file = tmp_path / f"{i}.parquet"
        pq.write_table(pa.table({**columns, "path": pa.array(columns["path"]).cast(kind)}), file)
        assert run(file, "--format", "csv").stdout == run(small, "--format", "csv").stdout


def test_repeating_rows_equal_their_sum(tmp_path: Path) -> None:
    once, often = tmp_path / "once.csv", tmp_path / "often.csv"
    once.write_text(HEADER + "a > b,400,800,0\nb,200,100,600\n", encoding="utf-8")
    often.write_text(HEADER + "a > b,2,4,0\nb,1,0.5,3\n" * 200, encoding="utf-8")
    assert run(once, "--format", "csv").stdout == run(often, "--format", "csv").stdout
    parquet = tmp_path / "often.parquet"
    rows = {"path": ["a > b", "b"] * 5000, "total_conversions": [2, 1] * 5000}
    pq.write_table(pa.table(rows), parquet)
    assert channels(parquet, "--model", "first")["a"]["conversions"] == 10_000


@pytest.mark.parametrize(
    "written",
    [
        SMALL.encode("utf-8-sig"),
        SMALL.encode("gb18030"),
        SMALL.replace("\n", "\r\n").encode(),
        SMALL.replace("微信 > 微博", '"微信 > 微博"').encode(),
        SMALL.replace("微信,0", "\n微信,0").encode(),
        SMALL.rstrip("\n").encode(),
    ],
    ids=["BOM", "GB 18030", "CRLF", "quotes", "blank line", "no last newline"],
)
def test_what_spreadsheets_write_is_read(small: Path, tmp_path: Path, written: bytes) -> None:
    other = tmp_path / "other.csv"
    other.write_bytes(written)
    assert run(other, "--format", "csv").stdout == run(small, "--format", "csv").stdout


def test_value_and_nulls_are_optional(tmp_path: Path) -> None:
    path = tmp_path / "paths.csv"
    path.write_text("note,total_conversions,path\nx,1,a > b\n", encoding="utf-8")
    assert channels(path, "--model", "markov") == {
        "a": {"conversions": 0.5, "value": 0.0},
        "b": {"conversions": 0.5, "value": 0.0},
    }


def test_hours_bring_time_decay(tmp_path: Path) -> None:
    path = tmp_path / "paths.csv"
    path.write_text("path,total_conversions,hours\na > b,3,168 > 0\na>b,3,336>168.0\n")
    assert channels(path, "--model", "time_decay") == {
        "a": {"conversions": pytest.approx(2), "value": 0.0},
        "b": {"conversions": pytest.approx(4), "value": 0.0},
    }
    result = run(path, "--format", "json")
    assert "time_decay" in [answer["model"] for answer in json.loads(result.stdout)]
    assert result.stderr == ""


def test_without_hours_time_decay_is_left_out_with_a_word(small: Path) -> None:
    result = run(small, "--format", "json")
    assert "hours" in result.stderr
    assert "time_decay" not in [answer["model"] for answer in json.loads(result.stdout)]
    asked = run(small, "--model", "time_decay")
    assert asked.exit_code == 2 and "缺少「hours」列" in asked.stderr and asked.stdout == ""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "只有表头"),
        ("a > b,1,2,3\nb,-1,0,0\n", "第 3 行「total_conversions」列：「-1」是负数"),
        ("a > b,1,nan,3\n", "第 2 行「total_conversion_value」列：「nan」不是数字"),
        ("a,1,2,3\n\nb,one,0,0\n", "第 4 行「total_conversions」列：「one」不是数字"),
        ('a,"1,000",2,3\n', "「1,000」不是数字"),
        ("a,1_0,2,3\n", "「1_0」不是数字"),
        ("a,1,2,\n", "第 2 行「total_null」列：是空白"),
        ("a,1e400,0,0\n", "太大"),
        ("a,1,2,99999999999999999999\n", "太大"),
        (",1,2,3\n", "第 2 行「path」列：路径是空的"),
        ("a > > b,1,2,3\n", "空的触点"),
        ("a >,1,2,3\n", "空的触点"),
        ("a,0,2,3\n", "有转化价值却没有转化"),
        ("a,1,2\n", "第 2 行：有 3 格，表头有 4 格"),
        ("a,1,2,3,4\n", "有 5 格，表头有 4 格"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column(tmp_path: Path, body: str, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(HEADER + body, encoding="utf-8")
    result = run(path)
    assert result.exit_code == 2
    assert str(path) in result.stderr and message in result.stderr
    assert "Traceback" not in result.output and result.stdout == ""


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        ("5", "有 1 个时间，路径有 2 个触点"),
        ("5 > x", "「 x」不是数字"),
        ("5 > -2", "是负数"),
        ("", "是空白"),
    ],
)
def test_bad_hours_are_named(tmp_path: Path, hours: str, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(f"path,total_conversions,hours\na>b,1,2>1\na>b,1,{hours}\n", encoding="utf-8")
    result = run(path, "--model", "time_decay")
    assert result.exit_code == 2 and "第 3 行「hours」列" in result.stderr
    assert message in result.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的"),
        (b"path,conversions\na,1\n", "缺少「total_conversions」列（现有：path、conversions）"),
        (b"PAR1 and no more", "不是完整的 Parquet"),
        (SMALL.encode("utf-16"), "UTF-16"),
        (b"\x00\x01\x02", "缺少「path」列"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "not-paths"
    path.write_bytes(content)
    result = run(path)
    assert result.exit_code == 2 and message in result.stderr


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "没有这个文件" in run(tmp_path / "nowhere.csv").stderr
    assert run(tmp_path).exit_code == 2


def test_parquet_faults_name_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "bad.parquet"
    pq.write_table(pa.table({"path": ["a", None], "total_conversions": [1, 1]}), path)
    assert "第 2 行「path」列：路径是空的" in run(path).stderr
    pq.write_table(pa.table({"path": ["a", "b"], "total_conversions": ["1", "2"]}), path)
    assert "「total_conversions」列：应该是数字，文件里是 string" in run(path).stderr
    pq.write_table(pa.table({"path": [1, 2], "total_conversions": [1, 2]}), path)
    assert "「path」列：应该是文本" in run(path).stderr


def test_too_many_states_say_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    rows = "".join(f"c{i},1\n" for i in range(5_001))
    path.write_text("path,total_conversions\n" + rows, encoding="utf-8")
    result = run(path, "--model", "markov")
    assert result.exit_code == 2
    assert "5,001 个状态，上限 5,000" in result.stderr and "--order" in result.stderr
    assert run(path, "--model", "shapley", "--format", "csv").exit_code == 0


def test_a_small_file_loads_nothing_heavy(small: Path) -> None:
    program = (
        "import sys; from shemei.commands.attribute import attribute;"
        "attribute([sys.argv[1]], standalone_mode=False);"
        "print(*{'django', 'scipy', 'duckdb', 'pandas'} & set(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(small)],
        capture_output=True,
        check=True,
        env={"PYTHONPATH": SOURCE, "PYTHONIOENCODING": "utf-8"},
    )
    assert ran.stderr.decode().splitlines()[1:] == [""]

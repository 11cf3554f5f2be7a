"""Decisions about orders, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shemei.apps.commerce.order_file import LEDGER, prepare
from shemei.apps.commerce.rules import (
    CANCELLATION,
    SALE,
    STATES,
    UNPAID,
    Bought,
    Taken,
    ledger_line,
    masked_name,
    normal_code,
    order_amount,
    split_money,
    state_from,
    take_back,
)
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Row


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("买家已付款，等待卖家发货", "paid"),
        ("卖家已发货，等待买家确认", "shipped"),
        ("等待买家付款", UNPAID),
        ("交易成功", "done"),
        ("交易关闭", "cancelled"),
        ("退款成功", "refunded"),
        ("退款中", "refunding"),
        ("Delivered", "done"),
        ("待发货", "paid"),
        ("火星", None),
    ],
)
def test_states_of_back_ends(words: str, state: str | None) -> None:
    assert state_from(words) == state


def test_every_known_word_has_one_state() -> None:
    words = [(word, state) for state, known in STATES for word in known]
    assert len(words) == len(dict(words))
    assert all(state_from(word) == state for word, state in words)


@pytest.mark.parametrize(
    ("paid", "totals", "how", "amount"),
    [
        ([], [100, 200], "auto", 300),
        ([None, None], [100, 200], "auto", 300),
        ([300, 300], [100, 200], "auto", 300),
        ([100, 200], [100, 200], "auto", 300),
        ([150, 150], [150, 150], "auto", 300),
        ([280, 280], [100, 200], "auto", 280),
        ([300, None], [100, 200], "auto", 300),
        ([150, 150], [0, 0], "auto", 150),
        ([150, 150], [0, 0], "line", 300),
        ([150, 150], [150, 150], "order", 150),
    ],
)
def test_what_an_order_of_several_lines_cost(
    paid: list[int | None], totals: list[int], how: str, amount: int
) -> None:
    assert order_amount(paid, totals, how) == amount


@pytest.mark.parametrize(
    ("name", "masked"),
    [("周女士", "周＊＊"), ("李雷", "李＊"), ("王", "王"), ("王**", "王**"), ("  ", "")],
)
def test_names_keep_their_first_character(name: str, masked: str) -> None:
    assert masked_name(name) == masked


def test_codes_compare_without_case_and_spaces() -> None:
    assert normal_code(" azhi 30 ") == "AZHI30"


@pytest.mark.parametrize(
    ("invoice", "sku", "quantity", "price", "verdict"),
    [
        ("536365", "85123A", 6, 255, SALE),
        ("536365", "POST", 1, 1800, SALE),
        ("C536379", "85123A", -1, 255, CANCELLATION),
        ("C536379", "D", -1, 2750, CANCELLATION),
        ("C536391", "AMAZONFEE", -1, 100, "平台佣金"),
        ("A563185", "B", 1, 1106206, "坏账调整"),
        ("A563185", "X", 1, 100, "坏账调整"),
        ("536414", "22139", 56, 0, "单价为 0"),
        ("536589", "21777", -10, 0, "单价为 0"),
        ("536589", "21777", -10, 5, "数量为负"),
        ("536589", "21777", 1, -5, "单价为负"),
        ("C536589", "21777", 1, 5, "取消单里的正数"),
    ],
)
def test_lines_of_a_retail_ledger(
    invoice: str, sku: str, quantity: int, price: int, verdict: str
) -> None:
    assert ledger_line(invoice, sku, quantity, price).startswith(verdict)


SHELF = [Bought(1, 10, 100, 6), Bought(2, 20, 200, 4), Bought(3, 30, 300, 9)]


@pytest.mark.parametrize(
    ("quantity", "at", "taken"),
    [
        (3, 250, [Taken(2, 20, 3)]),
        (5, 250, [Taken(2, 20, 4), Taken(1, 10, 1)]),
        (12, 250, [Taken(2, 20, 4), Taken(1, 10, 6), Taken(0, 0, 2)]),
        (1, 50, [Taken(0, 0, 1)]),
        (9, 300, [Taken(3, 30, 9)]),
    ],
)
def test_returns_go_to_the_latest_earlier_purchase_first(
    quantity: int, at: int, taken: list[Taken]
) -> None:
    assert take_back(quantity, at, SHELF) == taken


@given(
    st.integers(1, 200),
    st.integers(0, 50),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 40)), max_size=8),
)
def test_returns_are_conserved_and_never_exceed_a_purchase(
    quantity: int, at: int, purchases: list[tuple[int, int]]
) -> None:
    bought = [Bought(n, n, moment, left) for n, (moment, left) in enumerate(purchases, 1)]
    taken = take_back(quantity, at, bought)
    assert sum(part.quantity for part in taken) == quantity
    by_line = {item.line: item for item in bought}
    for part in taken:
        if part.line:
            assert part.quantity <= by_line[part.line].remaining
            assert by_line[part.line].at <= at


@given(st.integers(0, 10**6), st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_split_money_adds_up(amount: int, parts: list[int]) -> None:
    assert sum(split_money(amount, sum(parts), parts)) == amount


@pytest.mark.parametrize("cells", [{"quantity": 10**12}, {"quantity": 9_999, "unit_price": 10**14}])
@pytest.mark.parametrize("preset", ["", LEDGER])
def test_a_line_beyond_what_a_database_holds_is_a_wrong_row(
    cells: dict[str, int], preset: str
) -> None:
    row = Row(2, {"number": "A-1", "paid_at": 0, "sku": "YH-1", "unit_price": 100, **cells})
    with pytest.raises(CellError) as refused:
        prepare(row, preset, "w")
    assert refused.value.field == "quantity"

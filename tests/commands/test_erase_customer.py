"""``shemei erase --customer`` takes the shop's own number of a customer, which the log does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.apps.commerce.models import Customer
from shemei.commands.erase import _as_the_log_calls

if TYPE_CHECKING:
    from tests.world import World


def test_the_shops_number_is_the_key_of_its_row(inside: World) -> None:
    row = Customer.objects.create(workspace=inside.brand, ref="TB-77")
    brand = inside.brand.key
    assert _as_the_log_calls(brand, "TB-77") == _as_the_log_calls(brand, row.key) == row.key
    assert _as_the_log_calls(inside.other_brand.key, "TB-77") == "TB-77"
    assert (_as_the_log_calls(brand, "nobody"), _as_the_log_calls("none", "TB-77")) == ("nobody", "TB-77")  # fmt: skip
    assert _as_the_log_calls(brand, "") == ""

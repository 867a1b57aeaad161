"""
The promises, asked of a shop that has come to rest after many kills.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from posgo.models.catalog import Product
from posgo.models.orders import Order
from posgo.testing._go.entities import BookedVoucher
from support.soak.people import People
from support.soak.shop import MODELS, Shop, birth_of, said

__all__ = ["Told", "broken"]

Told = set[tuple[str, str | None, str | None]]
"""Values that stand in recorded conflicts: kind, field, and the value as text."""

_CASH, _SALES = 1900, 3000


def broken(shop: Shop, people: People, told: Told) -> list[str]:
    """
    Say which promises do not hold, in sentences; nothing if all do.
    """
    return [
        *_nothing_lost(shop, told),
        *_everybody_once(shop, people),
        *_both_alike(shop, people),
        *_pos_keeps_its_own(shop),
        *_every_day_once(shop, people),
        *_every_order_once(shop, people),
    ]


def _nothing_lost(shop: Shop, told: Told) -> Iterator[str]:
    for each in shop.overwritten:
        if (each.kind, each.field, each.value) not in told:
            yield f"lost update: {each.field} of {each.birth} in {each.side} was {each.value}, and no conflict says so"


def _everybody_once(shop: Shop, people: People) -> Iterator[str]:
    for side in ("pos", "go"):
        count = Counter(
            birth_of(value) for model in MODELS.values() for value in shop.side(side).all(model).values()
        )
        for _, birth in people.everybody():
            if count[birth] != 1:
                yield f"{birth} stands {count[birth]} times in {side}"
        strangers = set(count) - {birth for _, birth in people.everybody()}
        if strangers:
            yield f"nobody entered {sorted(strangers)}, which stand in {side}"


def _both_alike(shop: Shop, people: People) -> Iterator[str]:
    """
    Two that are archived on both sides when a store is lost are not paired again: nobody asks for them.
    """
    for kind, birth in people.everybody():
        ids = {side: shop.born(side, kind, birth) for side in ("pos", "go")}
        told = [
            said(shop.side(side).get(MODELS[kind], own_id))
            for side, own_id in ids.items()
            if own_id is not None
        ]
        if len(told) != 2 or all("archived" in each for each in told):
            continue
        pos, go = told
        differing = {
            name: (pos.get(name), go.get(name)) for name in {**pos, **go} if pos.get(name) != go.get(name)
        }
        if differing:
            yield f"{birth} differs: {differing}"


def _pos_keeps_its_own(shop: Shop) -> Iterator[str]:
    for value in shop.pos.all(Product).values():
        # Those born in the POS had both, and nobody has touched them since.
        if bool(value.images) != (len(value.gtins) == 2):
            yield f"{birth_of(value)} in the POS lost a picture or an EAN code: {value.images}, {value.gtins}"


def _every_day_once(shop: Shop, people: People) -> Iterator[str]:
    vouchers = [voucher for voucher in shop.go.vouchers if voucher.reverses is None]
    if len(vouchers) != len(people.days):
        yield f"{len(people.days)} days were closed, and {len(vouchers)} vouchers stand in Go"
    figures = Counter(map(_figures, vouchers))
    for number, sold in people.days.items():
        if figures[sold, -sold] != Counter(people.days.values())[sold]:
            yield f"Z {number} sold {sold} and is booked {figures[sold, -sold]} times"


def _every_order_once(shop: Shop, people: People) -> Iterator[str]:
    """
    One order in Go for each of the till's, or none where only invoices make them; one invoice where it was asked for.
    """
    bills = people.guests.bills
    in_go = Counter(order.purchase_order for order in shop.go.all(Order).values())
    for mark, bill in bills.items():
        if in_go[mark] != int(bill.asked or people.orders_both_ways):
            yield f"{mark} stands {in_go[mark]} times in Go"
    strangers = set(in_go) - set(bills)
    if strangers:
        yield f"nobody took {sorted(map(str, strangers))}, which stand in Go"
    asked = {mark: bill for mark, bill in bills.items() if bill.asked}
    totals = {invoice.invoice_no: invoice.total for invoice in shop.go.invoices}
    if len(totals) != len(asked):
        yield f"{len(asked)} invoices were asked for, and {len(totals)} stand in Go"
    for mark, bill in asked.items():
        number = shop.pos.get(Order, bill.order).invoice_no
        if number is None or totals.get(number) != bill.total:
            yield f"{mark} of {bill.total} has invoice {number} of {totals.get(number or 0)}"


def _figures(voucher: BookedVoucher) -> tuple[Decimal, Decimal]:
    sums: Counter[int] = Counter()
    for line in voucher.lines:
        sums[line.account] += line.amount  # type: ignore[assignment]
    return Decimal(sums[_CASH]), Decimal(sums[_SALES])

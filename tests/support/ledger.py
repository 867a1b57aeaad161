"""
Journal entries for tests, in the fake's ids.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from posgo.models.ledger import JournalEntry, JournalLine
from posgo.testing import FakeGo

DAY = date(2026, 3, 13)

Line = tuple[int, str, str]
"""Account number, VAT code, amount."""

SALE: tuple[Line, ...] = ((1900, "0", "125.00"), (3000, "3", "-125.00"))


def line(fake: FakeGo, account: int, vat_code: str, amount: str, **more: Any) -> JournalLine:
    company = fake._company
    found = company.account(account)
    assert found is not None
    vat = company.vat_on(vat_code, DAY)
    return JournalLine(account_id=found.id, vat_id=vat.id, amount=Decimal(amount), **more)


def entry(fake: FakeGo, *lines: Line, **more: Any) -> JournalEntry:
    facts = {"date": DAY, "reference": "z-1042", "text": "Z 1042", **more}
    return JournalEntry(lines=tuple(line(fake, *one) for one in lines or SALE), **facts)

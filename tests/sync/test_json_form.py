"""
The JSON form of a plan, character by character: stored plans are read for years, and a plan's id is made of it.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from posgo.exceptions import ModelError
from posgo.sync import Authority, Plan, Policy, Unit, plan
from support.sync_build import holds, linked

FORM = """\
{
 "conflicts": [
  {
   "base": "blåbær",
   "field": "name",
   "go": "bringebær",
   "go_id": "g1",
   "pos": "bær",
   "pos_id": "p1",
   "why": "both changed it; it is held for a person"
  }
 ],
 "format": 1,
 "noun": "offer",
 "operations": [
  {
   "base": {
    "at": "2026-03-01T12:00:00+00:00",
    "name": "ny"
   },
   "go_id": "g2",
   "kind": "create",
   "reason": "new in Go",
   "replica": "pos",
   "value": {
    "at": "2026-03-01T12:00:00+00:00",
    "name": "ny"
   }
  },
  {
   "agreed": {
    "lasts": 86400.5,
    "on": "2026-03-01",
    "price": "10.50"
   },
   "changes": [
    {
     "field": "price",
     "new": "10.50",
     "old": null
    },
    {
     "field": "on",
     "new": "2026-03-01",
     "old": null
    },
    {
     "field": "lasts",
     "new": 86400.5,
     "old": null
    }
   ],
   "go_id": "g1",
   "kind": "update",
   "pos_id": "p1",
   "reason": "price, on, lasts: changed in the POS",
   "replica": "go",
   "value": {
    "lasts": 86400.5,
    "name": "bringebær",
    "on": "2026-03-01",
    "price": "10.50"
   }
  }
 ]
}"""


@attrs.frozen(kw_only=True)
class Offer:
    """
    A model with a field of every kind JSON does not know.
    """

    name: str
    price: Decimal | None = None
    on: date | None = None
    at: datetime | None = None
    lasts: timedelta | None = None


OFFERS: Policy[Offer] = Policy(
    model=Offer,
    shared=(
        Unit(fields="name", authority=Authority.HOLD),
        *(Unit(fields=field, authority=Authority.POS) for field in ("price", "on", "at", "lasts")),
    ),
    archived=None,
)


def offered() -> Plan[Offer]:
    """
    A conflict, an update of three kinds of values, and a record that is new.
    """
    changed = Offer(
        name="bær",
        price=Decimal("10.50"),
        on=date(2026, 3, 1),
        lasts=timedelta(days=1, milliseconds=500),
    )
    new = Offer(name="ny", at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    return plan(
        [linked(Offer(name="blåbær"))],
        pos=holds({"p1": changed}),
        go=holds({"g1": Offer(name="bringebær"), "g2": new}),
        policy=OFFERS,
    )


def test_the_form() -> None:
    """
    Sorted keys, defaults left out, exact numbers as text, moments as ISO 8601, spans in seconds, letters as they are.
    """
    assert offered().to_json() == FORM


def test_the_id() -> None:
    """
    Sixteen hexadecimal digits, to be read out and typed in.
    """
    assert re.fullmatch("[0-9a-f]{16}", offered().plan_id)


def test_it_is_read_back() -> None:
    """
    Value for value.
    """
    assert offered() == Plan.from_json(FORM, Offer)


@pytest.mark.parametrize("text", ['{"format": 1, "operations": 5}', '{"format": 1, "conflicts": [{}]}', "[]"])
def test_what_is_no_plan(text: str) -> None:
    """
    The kind of mistake is told, and nothing of what the text says.
    """
    with pytest.raises(ModelError, match=r"^this is no plan of Offer values \([A-Z]\w+Error\)$"):
        Plan.from_json(text, Offer)

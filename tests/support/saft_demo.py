"""
The shop day the demo settles: a Saturday at a café that does not exist.

Run this file to write it anew::

    python tests/support/saft_demo.py
"""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from support.saft_builder import Day, Line, Receipt, Register, Shop, build

FILE = Path(__file__).parents[2] / "src" / "posgo" / "demo" / "kafe-nordlys.xml"


def _at(clock: str) -> datetime:
    moment = datetime.fromisoformat(f"2026-03-14T{clock}:00")
    # Before the business day begins at 05:00 it is still Saturday's night.
    return moment + timedelta(days=1) if moment.hour < 5 else moment


def _coffee(amount: str, text: str = "Kaffe") -> Line:
    return Line(Decimal(amount), group="DRIKKE", article="K1", text=text)


def _served(amount: str, text: str) -> Line:
    return Line(Decimal(amount), group="MAT", article=f"S-{text}", text=text)


def _taken_away(amount: str, text: str) -> Line:
    # The same kind of food: 15 % when it is taken away, 25 % when it is served.
    return Line(Decimal(amount), group="MAT", vat="B", article=f"T-{text}", text=text)


def _beer(amount: str) -> Line:
    return Line(Decimal(amount), group="OL", article="O1", text="Øl 0,4 l")


def _soda(amount: str) -> Line:
    return Line(Decimal(amount), group="BRUS", vat="B", article="B1", text="Brus 0,5 l")


RECEIPTS = (
    Receipt(at=_at("08:12"), lines=(_coffee("45.00"), _taken_away("39.40", "Bolle")), tender="KONTANT"),
    Receipt(at=_at("08:47"), lines=(_coffee("45.00"), _coffee("49.00", "Cappuccino"))),
    Receipt(at=_at("09:30"), lines=(_taken_away("89.90", "Smørbrød"),), tender="VIPPS"),
    Receipt(at=_at("10:05"), lines=(_served("129.00", "Frokost"), _coffee("45.00"))),
    Receipt(at=_at("10:41"), lines=(_taken_away("-89.90", "Smørbrød"),), tender="VIPPS"),
    Receipt(at=_at("11:58"), lines=(_taken_away("79.90", "Suppe"), _soda("35.90")), tender="KONTANT"),
    Receipt(
        at=_at("12:33"), lines=(_served("189.00", "Fiskesuppe"), _served("165.00", "Burger"), _beer("98.00"))
    ),
    Receipt(
        at=_at("14:20"),
        lines=(_coffee("49.00", "Cappuccino"), _taken_away("42.50", "Vaffel")),
        tender="VIPPS",
    ),
    Receipt(
        at=_at("17:45"),
        lines=(_served("245.00", "Lam"), _served("225.00", "Torsk"), _beer("98.00"), _beer("98.00")),
        tips=Decimal("60.00"),
        operator="2",
    ),
    Receipt(at=_at("19:15"), lines=(_beer("98.00"), _soda("35.60")), tender="KONTANT", operator="2"),
    Receipt(
        at=_at("22:08"),
        lines=(_beer("98.00"), _beer("98.00"), _beer("98.00")),
        tips=Decimal("26.00"),
        operator="2",
    ),
    Receipt(at=_at("00:10"), lines=(_beer("98.00"), _beer("98.00")), operator="2"),
)
SHOP = Shop(
    employees=(("1", "Dagny", "Dagvakt (oppdiktet)"), ("2", "Kveld", "Kveldsvakt (oppdiktet)")),
    locations=(
        (
            "Kafé Nordlys, Tromsø",
            (
                Register(
                    id="NORDLYS-1",
                    days=(
                        Day(
                            number="73",
                            closed_at=_at("00:40"),
                            receipts=RECEIPTS,
                            opening_float=Decimal("1000.00"),
                        ),
                    ),
                    first_nr=5121,
                    sold_before=Decimal("312480.60"),
                    returned_before=Decimal("1204.00"),
                ),
            ),
        ),
    ),
)

if __name__ == "__main__":
    FILE.write_bytes(build(SHOP))

"""
Write a large, consistent SAF-T Cash Register file.

The demo's day, many times over, on one register with a Z-report per day. The
number of Z-reports does not depend on the size, so that what a reader keeps
can be told from what it streams::

    python benchmarks/generate_saft.py 200 big.xml
"""

import re
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

DEMO = Path(__file__).parents[1] / "src" / "posgo" / "demo" / "kafe-nordlys.xml"
DAYS = 30
FIRST = date(2026, 1, 1)

# What a Z-report multiplies by when its day is repeated; the rest stays.
MONEY = re.compile(r"(<(\w+Amnt)>)(-?[0-9.]+)(</)")
NUMBERS = re.compile(r"(<(?!reportID|reportDate|reportTime)(\w+Num)>)([0-9]+)(</)")
GRAND = re.compile(r"(<reportGrandTotal(?:Sales|Return|SalesNet)>)(-?[0-9.]+)(</)")


def generate(megabytes: int, path: Path) -> int:
    """
    Write the file; give the number of transactions.
    """
    text = DEMO.read_text(encoding="utf-8")
    event, receipts = _part(text, "event"), _part(text, "cashtransaction")
    head, tail = text[: text.index("<event>")], text[text.rindex("</cashtransaction>") + 18 :]
    repeats = max(1, megabytes * 1_000_000 // (DAYS * len(receipts.encode())))
    per_day = receipts.count("<cashtransaction>")
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(head)
        for day in range(DAYS):
            out.write(_report(event, day, repeats))
        template = _Template(receipts)
        for day in range(DAYS):
            for repeat in range(repeats):
                out.write(template.at(day, 1 + (day * repeats + repeat) * per_day))
        out.write(tail)
    return DAYS * repeats * per_day


def _part(text: str, name: str) -> str:
    return text[text.index(f"<{name}>") : text.rindex(f"</{name}>") + len(name) + 3] + "\n"


def _report(event: str, day: int, repeats: int) -> str:
    demo_sales, demo_returns = Decimal("2391.20"), Decimal("89.90")
    grand_sales, grand_returns = (figure * repeats * (day + 1) for figure in (demo_sales, demo_returns))
    figures = iter((grand_sales, grand_returns, grand_sales - grand_returns))
    text = MONEY.sub(lambda m: f"{m[1]}{Decimal(m[3]) * repeats}{m[4]}", event)
    text = NUMBERS.sub(lambda m: f"{m[1]}{int(m[3]) * repeats}{m[4]}", text)
    text = GRAND.sub(lambda m: f"{m[1]}{next(figures)}{m[3]}", text)
    text = text.replace("<reportID>73<", f"<reportID>{day + 1}<")
    return text.replace("2026-03-15", str(FIRST + timedelta(days=day + 1)))


class _Template:
    """
    A day's transactions with their numbers and dates cut out.
    """

    def __init__(self, receipts: str) -> None:
        first = int(re.findall(r"<nr>([0-9]+)<", receipts)[0])
        pieces = re.split(r"(?<=<nr>)([0-9]+)(?=<)|(?<=<transID>)([0-9]+)(?=<)|(2026-03-1[45])", receipts)
        self._pieces: list[str | int | bool] = []
        for place in range(0, len(pieces), 4):
            self._pieces.append(pieces[place])
            if place + 3 < len(pieces):
                number = pieces[place + 1] or pieces[place + 2]
                self._pieces.append(int(number) - first if number else pieces[place + 3] == "2026-03-15")

    def at(self, day: int, number: int) -> str:
        days = str(FIRST + timedelta(days=day)), str(FIRST + timedelta(days=day + 1))
        return "".join(
            piece
            if isinstance(piece, str)
            else days[piece]
            if isinstance(piece, bool)
            else str(number + piece)
            for piece in self._pieces
        )


if __name__ == "__main__":
    target = Path(sys.argv[2])
    transactions = generate(int(sys.argv[1]), target)
    print(f"{target.stat().st_size / 1e6:.1f} MB, {transactions:,} transactions, {DAYS} Z-reports")

"""
A plan as the table a notebook shows, cell by cell.
"""

import html.parser
from typing import Any

import attrs

from posgo.sync import Authority, Guard, plan
from support.sync_build import holds, linked
from support.sync_world import Thing, thing_policy


class Cells(html.parser.HTMLParser):
    """
    Reads a table, and whatever stands outside its cells.
    """

    def __init__(self, table: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.outside: list[str] = []
        self.open: list[str] = []
        self.feed(table)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data
        else:
            self.outside.append(data)


def test_every_cell() -> None:
    """
    Operations with and without changes, a conflict with a side that says nothing, a finding about no one record.
    """
    base = Thing(code="1", note="words")
    policy = attrs.evolve(thing_policy(name=Authority.HOLD), guard=Guard(percent=0, count=0))
    made = plan(
        [linked(base)],
        pos=holds({"p1": attrs.evolve(base, name="", note=None), "p2": Thing(code="2")}),
        go=holds({"g1": attrs.evolve(base, name="other")}),
        policy=policy,
    )
    table = Cells(made._repr_html_())

    assert ["1 conflicts, 1 held, 2 withheld, 1 findings"] == [
        each.partition(";")[0] for each in table.outside
    ]
    assert [
        ["what", "record", "field", "base", "pos", "go", "why"],
        ["create go", "pos p2", "", "", "", "", "new in the POS"],
        ["update go", "pos p1 = go g1", "note", "", "", "words → (blank)", "note: changed in the POS"],
        [
            *("conflict", "pos p1 = go g1", "name", "thing", "(blank)", "other"),
            "both changed it; it is held for a person",
        ],
        ["BLOCK", "", "mass-change", "", "", "", "1 of 1 things would be archived or lose a value"],
    ] == table.rows

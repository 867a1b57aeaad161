"""
The demo's shop day: valid, consistent, and as its description says.
"""

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import xmlschema

from posgo import saft
from posgo.bookkeeping import AccountMap, settle
from posgo.models._dates import business_day
from support import saft_builder, saft_demo

FOLDER = saft_demo.FILE.parent


class TestDemoDay:
    """
    ``kafe-nordlys.xml`` and its account map.
    """

    def test_file_is_what_its_writer_writes(self) -> None:
        """
        The committed file and its description do not drift apart.
        """
        assert saft_builder.build(saft_demo.SHOP) == saft_demo.FILE.read_bytes()

    def test_valid_against_the_official_schema(self, schema: xmlschema.XMLSchema) -> None:
        """
        A vendor may compare its own export with it.
        """
        schema.validate(saft_demo.FILE)

    def test_nothing_is_found(self) -> None:
        """
        All identities hold.
        """
        file = saft.read(saft_demo.FILE)

        assert (file.findings, file.z_reports[0].findings) == ((), ())

    def test_what_it_shows(self) -> None:
        """
        Both rates, three tenders, a return, tips, rounding both ways, and a report after midnight.
        """
        file = saft.read(saft_demo.FILE)
        (z,) = file.z_reports
        roundings = {receipt.rounding for receipt in file.transactions()}

        assert file.company == "999999999"
        assert {"3", "31"} == {row.vat_code for row in z.vat_rows}
        assert {"12001", "12002", "12011"} == {row.code for row in z.tenders}
        assert (1, Decimal("86.00")) == (z.returns.number, z.tips)
        assert {Decimal("-0.40"), Decimal("0.20"), Decimal("0.40"), None} == roundings
        assert (date(2026, 3, 15), date(2026, 3, 14)) == (
            z.closed_at.date(),
            business_day(z.closed_at, time(5)),
        )

    def test_settles(self) -> None:
        """
        The account map beside it covers the day; all there is to tell is an øre of VAT drift.
        """
        (z,) = saft.read(saft_demo.FILE).z_reports
        settlement = settle(z, AccountMap.from_toml(FOLDER / "accounts.toml"))

        assert [finding.rule for finding in settlement.findings] == ["vat-drift"]
        assert settlement.postable
        assert settlement.voucher is not None
        assert date(2026, 3, 14) == settlement.voucher.date

    def test_opens_from_a_text_path(self) -> None:
        """
        A text, a ``Path`` and an open file are read alike.
        """
        with Path(saft_demo.FILE).open("rb") as opened:
            files = [saft.read(str(saft_demo.FILE)), saft.read(saft_demo.FILE), saft.read(opened)]

        assert all(file == files[0] for file in files)

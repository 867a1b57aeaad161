"""
Money received: which account each means of payment goes to.
"""

import attrs
import pytest

from posgo.bookkeeping import AccountMap, settle
from posgo.models.pos import (
    Tender,
)
from posgo.models.vouchers import Posting
from support.days import (
    ACCOUNTS,
    ACCOUNTS_TOML,
    sale_day,
    shown,
    the,
)


class TestTenders:
    """
    Payment code and own code decide the account, or a finding.
    """

    MAP = AccountMap.from_toml(
        ACCOUNTS_TOML.replace("[tenders]", '[tenders]\n"VISA" = 1913\n"12003" = 1911\n"12010" = 2999')
    )

    @pytest.mark.parametrize(
        ("code", "own", "account"),
        [
            ("12001", None, 1900),
            ("12001", "CASH", 1900),
            ("12003", "VISA", 1913),  # the till's own code goes first
            ("12003", "MC", 1911),
            ("VISA", None, 1913),
            ("12005", None, 2901),  # gift cards fall back to [other]
            ("12005", "GC", 2901),
            ("12010", None, 2999),  # unless they are mapped
        ],
    )
    def test_mapped(self, code: str, own: str | None, account: int) -> None:
        """
        The tender is debited here.
        """
        z = sale_day(tenders=[Tender(code=code, pos_code=own, amount=125, number=1)])

        assert shown(settle(z, self.MAP).voucher)[0] == (account, None, "125.00")

    @pytest.mark.parametrize(
        ("code", "own", "words", "remedy"),
        [
            (
                "12999",
                None,
                "means of payment 12999 has no account; it took 125.00",
                '[tenders] "12999" = ….',
            ),
            (
                "12006",
                "KONTO",
                "means of payment KONTO (Kundekort), predefined code 12006, has no account",
                '[tenders] "12006" = ….',
            ),
            ("12005", None, "12005", '[tenders] "12005" = …, or [other] gift_cards = ….'),
            ("12010", None, "12010", '[tenders] "12010" = …, or [other] credit_notes = ….'),
            ("EUR", "EUR", "means of payment EUR has no account", '[tenders] "EUR" = ….'),
        ],
    )
    def test_unmapped(self, code: str, own: str | None, words: str, remedy: str) -> None:
        """
        A gap blocks, in the till's words.
        """
        accounts = AccountMap.from_toml(ACCOUNTS_TOML.split("[other]")[0] + '[pos]\nvat_rows = "net"\n')
        described = "Kundekort" if own == "KONTO" else None
        z = sale_day(tenders=[Tender(code=code, pos_code=own, amount=125, description=described)])
        finding = the("unmapped-tender", z, accounts)

        assert finding.blocks
        assert words in finding.message
        assert remedy in finding.remedy

    def test_refunds_beyond_sales(self) -> None:
        """
        A tender may be negative: its account is credited.
        """
        z = sale_day(tenders=[Tender(code="12002", amount=225), Tender(code="12011", amount=-100)])

        assert shown(settle(z, ACCOUNTS).voucher)[:2] == [(1910, None, "225.00"), (1912, None, "-100.00")]

    def test_tenders_on_one_account_are_one_posting(self) -> None:
        """
        The ledger gets one line per account, which names what it sums up.
        """
        accounts = attrs.evolve(ACCOUNTS, tenders={"12002": 1910, "12003": 1910})
        z = sale_day(
            tenders=[
                Tender(code="12003", amount=25, description="Kredittkort"),
                Tender(code="12002", amount=100, description="Bankkort"),
            ]
        )
        voucher = settle(z, accounts).voucher

        assert voucher is not None
        assert voucher.postings[0] == Posting(
            account=1910,
            amount=125,
            text="Z 42 1: Bankkort, Kredittkort",
            source=["tender 12002 100.00", "tender 12003 25.00"],
        )

    def test_gift_cards_used_and_tips_on_one_account_stay_apart(self) -> None:
        """
        Amounts of different kinds are never netted.
        """
        accounts = attrs.evolve(ACCOUNTS, other=attrs.evolve(ACCOUNTS.other, tips=2901))
        z = sale_day(tenders=[Tender(code="12005", amount=135)], tips=10)

        assert shown(settle(z, accounts).voucher) == [
            (2901, None, "135.00"),
            (3000, "3", "-125.00"),
            (2901, None, "-10.00"),
        ]

"""
A made-up shop's day: till and Go made alike, orders and an invoice at noon, everything settled in the evening.
"""

from collections.abc import Callable
from importlib.resources import as_file, files

from posgo import saft
from posgo.bookkeeping.accounts import AccountMap
from posgo.clients.go_client import GoClient
from posgo.demo._evening import settle_bar
from posgo.demo._morning import Shop, open_shop
from posgo.demo._noon import take_orders
from posgo.procedures._case import SettlementResult
from posgo.profiles import PRESSIS_POS
from posgo.rendering import render_result, render_z_report
from posgo.runner import Runner
from posgo.state import MemoryStore
from posgo.testing import FakeGo, FakePos, VirtualClock

__all__ = ["open_accounts", "run"]


def run(show: Callable[[str], object]) -> int:
    """
    Make till and Go alike, take an order and invoice it, settle the day, then settle it again.

    Args:
        show: Takes what is to be shown, in lines.

    Returns:
        0 if every first run did what it should and every second one nothing; else 1.
    """
    folder = files(__name__)
    accounts = AccountMap.from_toml((folder / "accounts.toml").read_text(encoding="utf-8"))
    with as_file(folder / "kafe-nordlys.xml") as path:
        file = saft.read(path)
    clock = VirtualClock()
    fake = FakeGo(organization_number=file.company, now=clock.utc_now, sleep=clock.sleep)
    show(
        f"A cash register file of {file.company_name}, and an embedded PowerOffice Go that knows the company.\n"
    )
    with GoClient(fake.credentials, transport=fake.transport) as go:
        till = FakePos()
        runner = Runner(
            go=go, pos=till, store=MemoryStore(), profile=PRESSIS_POS, accounts=accounts, clock=clock
        )
        shop = Shop(till=till, fake=fake, runner=runner, show=show)
        alike = open_shop(shop)
        paid = take_orders(shop)
        show("EVENING. The till's Z-report is settled.")
        for z in file.z_reports:
            show(render_z_report(z) + "\n")
            _settle(runner.settle(z), fake, show)
            show("\nThe same once more, as a nightly job would:")
            _settle(runner.settle(z), fake, show, with_voucher=False)
        settled = paid is not None and settle_bar(shop, paid)
    return 0 if alike and settled and len(fake.vouchers) == len(file.z_reports) + 1 else 1


def _settle(
    result: SettlementResult, fake: FakeGo, show: Callable[[str], object], *, with_voucher: bool = True
) -> None:
    show(render_result(result, with_voucher=with_voucher))
    count = len(fake.vouchers)
    show(f"Go now holds {count} voucher{'' if count == 1 else 's'}.")


def open_accounts(fake: FakeGo, accounts: AccountMap) -> None:
    """
    Give an embedded Go every account of a map that its own chart does not have.
    """
    vat_codes = {target.account: target.vat_code for target in accounts.sales.values()}
    with GoClient(fake.credentials, transport=fake.transport) as go:
        known = {account.number for account in go.accounts.list()}
    for number in sorted(accounts.account_numbers() - known):
        fake.add_account(number, vat_code=vat_codes.get(number))

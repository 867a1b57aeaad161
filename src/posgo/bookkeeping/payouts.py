"""
The payout: from a provider's report to one balanced voucher, or the reasons why not.

The settlement debits what was paid by card or wallet to a clearing account of
its own, gross. The payout empties that account: what came to the bank, and
what the provider kept, which is a cost and never less turnover.
"""

import uuid
from collections.abc import Iterator
from decimal import Decimal, localcontext

from posgo.bookkeeping.accounts import AccountMap, PayoutAccounts
from posgo.models._money import EXACT, NOK_0, format_nok, to_nok
from posgo.models.findings import Finding, Severity, blocking
from posgo.models.payouts import Payout, PayoutFee
from posgo.models.vouchers import Journal, Posting, Settlement, Voucher

__all__ = ["payout_reference", "settle_payout"]

# Frozen for ever: another namespace would book every payout a second time.
_NAMESPACE = uuid.UUID("5b1f6f0e-8f57-5f0c-9f0a-2a1c6f6f7a90")

_BY_HAND = "Ask the provider which figure is right; nothing was booked."


def payout_reference(payout: Payout) -> str:
    """
    The reference of a payout's voucher: built from provider and payout id, never from its figures.
    """
    return str(uuid.uuid5(_NAMESPACE, f"{payout.provider}\x1f{payout.reference}"))


def settle_payout(
    payout: Payout, accounts: AccountMap, *, clearing_balance: Decimal | None = None
) -> Settlement:
    """
    Work out the bank journal of one payout.

    Pure: the same input gives the same voucher, with the same reference. Post
    it with ``go.vouchers.post(settlement.voucher)``: Go takes a reference once.

    Args:
        payout: The provider's report.
        accounts: The account map; its ``[payouts]`` has the provider's accounts.
        clearing_balance: NOK on the clearing account before the payout, as the trial balance shows it (debit
            positive) on the last day the payout covers; None if it was not looked up.

    Returns:
        The voucher, or what blocks it; and whether the clearing account returns to zero.
    """
    with localcontext(EXACT):
        known = accounts.payouts.get(payout.provider)
        findings = [*_checks(payout, known), *_cleared(payout, known, clearing_balance)]
        if known is None or any(finding.blocks for finding in findings):
            return Settlement(voucher=None, findings=findings)
        postings = [*_postings(payout, known)]
        if not postings:
            return Settlement(voucher=None, findings=[*findings, _nothing(payout)])
        return Settlement(voucher=_voucher(payout, postings), findings=findings)


def _voucher(payout: Payout, postings: list[Posting]) -> Voucher:
    return Voucher(
        date=payout.paid_on,
        reference=payout_reference(payout),
        text=_label(payout),
        postings=postings,
        journal=Journal.BANK,
    )


def _label(payout: Payout) -> str:
    first, last = payout.first_day or payout.last_day, payout.last_day or payout.first_day
    days = "" if first is None else f", {first}" if first == last else f", {first} to {last}"
    return f"Payout {payout.provider} {payout.reference}{days}"


def _postings(payout: Payout, known: PayoutAccounts) -> Iterator[Posting]:
    label = _label(payout)
    if payout.net:
        yield Posting(account=known.bank, amount=payout.net, text=f"{label}: to bank")
    for vat_code, fees in _by_vat_code(payout, known).items():
        amount = sum((fee.amount for fee in fees), NOK_0)
        words = ", ".join(dict.fromkeys(fee.description for fee in fees if fee.description)) or "fee"
        if amount and known.fees is not None:
            yield Posting(
                account=known.fees,
                amount=amount,
                vat_code=vat_code,
                text=f"{label}: {words}",
                source=tuple(f"{fee.description or 'fee'} {format_nok(fee.amount)}" for fee in fees),
            )
    if payout.cleared:
        source = [f"gross {format_nok(payout.gross)}", f"refunds {format_nok(-payout.refunds)}"]
        yield Posting(account=known.clearing, amount=-payout.cleared, text=f"{label}: cleared", source=source)


def _by_vat_code(payout: Payout, known: PayoutAccounts) -> dict[str | None, list[PayoutFee]]:
    groups: dict[str | None, list[PayoutFee]] = {}
    for fee in payout.fees:
        groups.setdefault(fee.vat_code or known.fee_vat_code, []).append(fee)
    return groups


def _checks(payout: Payout, known: PayoutAccounts | None) -> Iterator[Finding]:
    if known is None:
        yield blocking(
            "unmapped-payout",
            f"payouts of {payout.provider} have no accounts",
            f'Add them to the account map: [payouts."{payout.provider}"] clearing = …, bank = …, fees = ….',
        )
    elif known.fees is None and any(fee.amount for fee in payout.fees):
        yield blocking(
            "unmapped-payout",
            f"{payout.provider} kept {format_nok(payout.kept)}, and there is no account for its fees",
            f'Add it to the account map: [payouts."{payout.provider}"] fees = ….',
        )
    if payout.cleared - payout.kept != payout.net:
        yield blocking(
            "payout-sum",
            f"payout {payout.reference} of {payout.provider} does not add up: {format_nok(payout.gross)} less refunds of "
            f"{format_nok(payout.refunds)} and fees of {format_nok(payout.kept)} is not {format_nok(payout.net)}",
            _BY_HAND,
            expected=payout.cleared - payout.kept,
            actual=payout.net,
        )
    if payout.rows:
        yield from _rows(payout)


def _rows(payout: Payout) -> Iterator[Finding]:
    amounts = sum((row.amount for row in payout.rows), NOK_0)
    fees = sum((row.fee for row in payout.rows), NOK_0)
    wanted = [("payments and refunds", amounts, payout.cleared)]
    # Many reports tell fees in one sum only.
    wanted += [("fees", fees, payout.kept)] if any(row.fee for row in payout.rows) else []
    for what, actual, expected in wanted:
        if actual != expected:
            yield blocking(
                "payout-rows",
                f"the {what} listed in payout {payout.reference} of {payout.provider} come to {format_nok(actual)}, "
                f"its sums say {format_nok(expected)}",
                _BY_HAND,
                expected=expected,
                actual=actual,
            )


def _cleared(payout: Payout, known: PayoutAccounts | None, balance: Decimal | None) -> Iterator[Finding]:
    if known is None or balance is None:
        return
    left = to_nok(balance) - payout.cleared
    if left:
        yield Finding(
            rule="clearing-balance",
            severity=Severity.WARN,
            message=(
                f"account {known.clearing} holds {format_nok(balance)} and payout {payout.reference} of "
                f"{payout.provider} clears {format_nok(payout.cleared)}: {format_nok(left)} is left"
            ),
            remedy=(
                "Compare the settlements of the days it covers with the provider's list: a day not booked yet, a payment "
                "under another means of payment, or payments of a later payout explain it."
            ),
            expected=NOK_0,
            actual=left,
            where=f"account {known.clearing}",
        )


def _nothing(payout: Payout) -> Finding:
    return Finding(
        rule="nothing-to-post",
        severity=Severity.INFO,
        message=f"payout {payout.reference} of {payout.provider} holds no amounts to book",
    )

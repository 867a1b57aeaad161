"""
What a bookkeeper is told when Go already knows a Z-report, or refuses it.
"""

from posgo.bookkeeping.identity import z_number
from posgo.exceptions import RejectedError
from posgo.models.findings import Finding, Severity, blocking
from posgo.procedures._case import Case
from posgo.state import SettlementRecord

__all__ = [
    "not_shown_by_go",
    "posted_otherwise",
    "reference_reused",
    "refused_by_go",
    "reversed_in_go",
    "voucher_missing",
]


def reference_reused(case: Case, why: str) -> Finding:
    """
    Another report stands under this number.
    """
    return blocking(
        "reference-reused",
        f"Z-report {z_number(case.z)} of cash point {case.z.cash_point} {why}; nothing was posted",
        "If the till restarted its numbers, give it a new id ([cash_points] in the account map has alias_of); "
        "if the day was booked with other accounts or figures, correct it in Go by hand.",
        where=f"reference {case.reference}",
    )


def not_shown_by_go(case: Case) -> Finding:
    """
    Go refuses the reference as used and shows no voucher of the day with it: its reads lag, or it is another day's.
    """
    return blocking(
        "reference-reused",
        f"Go refuses the reference of Z-report {z_number(case.z)} of cash point {case.z.cash_point} as used, "
        f"but shows no voucher of {case.day} that carries it; nothing was posted",
        "Settle again in some minutes: what Go shows lags behind what it booked. Only if it stays so, a voucher "
        f"of another day carries the reference: look in Go for imported voucher {z_number(case.z)} before anything else.",
        where=f"reference {case.reference}",
    )


def posted_otherwise(voucher_no: int | None) -> Finding:
    """
    The account map changed since.
    """
    return Finding(
        rule="posted-otherwise",
        severity=Severity.WARN,
        message=f"voucher {voucher_no} stands in Go with other accounts or codes than the account map gives today",
        remedy="Nothing was changed. If the voucher is wrong, correct it in Go by hand.",
        where=f"voucher {voucher_no}",
    )


def reversed_in_go(voucher_no: int | None) -> Finding:
    """
    A person undid the voucher.
    """
    return blocking(
        "reversed-in-go",
        f"voucher {voucher_no} of this Z-report was reversed in Go; it is not posted again",
        "If the reversal was meant, book what should stand instead by hand; posgo never undoes a person's decision.",
        where=f"voucher {voucher_no}",
    )


def voucher_missing(record: SettlementRecord) -> Finding:
    """
    Go does not show what it confirmed once.
    """
    return blocking(
        "voucher-missing",
        f"voucher {record.voucher_no}, posted for this Z-report, is not to be found in Go",
        "Check that the keys belong to the same environment and client company as when it was posted.",
        where=f"voucher {record.voucher_no}",
    )


def refused_by_go(error: RejectedError) -> Finding:
    """
    Go said no, in its own words.
    """
    return blocking(
        "refused-by-go",
        f"Go refused the voucher; nothing was posted. {error}",
        "Mend what Go names, in Go or in the account map, and settle again.",
    )

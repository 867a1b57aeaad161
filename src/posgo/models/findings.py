"""
Findings: what a person should know or decide, as values.
"""

import enum
from decimal import Decimal

import attrs

__all__ = ["Finding", "Severity", "blocking"]


class Severity(enum.Enum):
    """
    What a finding does to the thing it is about.
    """

    BLOCK = "block"
    """It is not carried out before somebody has acted on the remedy."""

    WARN = "warn"
    """It is carried out; somebody should look."""

    INFO = "info"
    """It is carried out; for the record."""


@attrs.frozen(kw_only=True)
class Finding:
    """
    One rule that did not hold, or one fact worth telling, with its remedy.

    Attributes:
        rule:
            Stable id: an identity of the SAF-T reference (``Z2``, ``P``,
            ``X7``) or a word such as ``unmapped-tender``. Made for programs.

        severity: What the finding does.

        message: What was found, as a sentence, with the codes and amounts concerned.

        remedy: What to do about it, as a sentence. Empty if nothing is to be done.

        expected: What the rule asks for. Amounts are NOK.

        actual: What was there instead. Amounts are NOK.

        where: The row, transaction or setting concerned.
    """

    rule: str
    severity: Severity
    message: str
    remedy: str = ""
    expected: Decimal | str | None = None
    actual: Decimal | str | None = None
    where: str | None = None

    @property
    def blocks(self) -> bool:
        """
        Whether this finding keeps the thing it is about from being carried out.
        """
        return self.severity is Severity.BLOCK

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        told = f"{self.severity.name} {self.rule}: {self.message}{where}"
        return f"{_ended(told)} {_ended(self.remedy[0].upper() + self.remedy[1:])}" if self.remedy else told


def _ended(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else f"{words}."


def blocking(  # noqa: PLR0913 - all that a finding says
    rule: str,
    message: str,
    remedy: str,
    where: str | None = None,
    *,
    expected: Decimal | str | None = None,
    actual: Decimal | str | None = None,
) -> Finding:
    """
    A finding that blocks. Nobody is stopped without being told the remedy.
    """
    return Finding(
        rule=rule,
        severity=Severity.BLOCK,
        message=message,
        remedy=remedy,
        expected=expected,
        actual=actual,
        where=where,
    )

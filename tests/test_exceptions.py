"""
The tree of errors: as documented, picklable, and silent about secrets.
"""

import copy
import inspect
import pickle
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from posgo import exceptions
from posgo.exceptions import ApiError, FileFormatError, Missing, PosgoError, StateStoreError
from posgo.models.findings import Finding, Severity

API: dict[str, Any] = {
    "method": "POST",
    "path": "/Vouchers/CashJournals",
    "may_have_happened": True,
    "status": 400,
    "title": "Bad request",
    "detail": "It is wrong",
    "errors": ("VoucherDate: required",),
    "request_id": "0HN7",
    "at": datetime(2026, 3, 14, tzinfo=UTC),
}

EXTRA: dict[str, dict[str, Any]] = {
    "AuthenticationError": {"remedy": "Check the client key."},
    "RateLimitedError": {"retry_after": timedelta(seconds=2)},
    "NotFoundError": {"missing": Missing.REFERENCED_OBJECT},
    "MissingPrivilegeError": {"privileges": ("Voucher_Full", "CashJournal_Full")},
    "PatchIgnoredError": {"fields": ("EmailAddress",)},
}

MISSING = Finding(
    rule="customer-not-in-go",
    severity=Severity.BLOCK,
    message="customer c-1 is not in Go",
    remedy="Sync customers.",
)

OTHERS: dict[str, PosgoError] = {
    "PosgoError": PosgoError("…"),
    "ModelError": exceptions.ModelError("…"),
    "AmountError": exceptions.AmountError(0.1, "floats lose øre"),
    "UnbalancedVoucherError": exceptions.UnbalancedVoucherError(Decimal("0.01")),
    "ConfigurationError": exceptions.ConfigurationError("accounts.toml", ("one", "two")),
    "WireFormatError": exceptions.WireFormatError("$[3].VoucherNo", "is no number", may_have_happened=True),
    "InvoiceError": exceptions.InvoiceError("17", "Do it.", (MISSING,)),
    "InvoiceRefusedError": exceptions.InvoiceRefusedError("17", (MISSING,)),
    "CustomerNotInGoError": exceptions.CustomerNotInGoError("17", "c-1", (MISSING, MISSING)),
    "InvoiceNotDeliveredError": exceptions.InvoiceNotDeliveredError(
        "17", reason="Kari Nordmann takes no EHF", invoice_no=None, remedy="Correct the address."
    ),
    "InvoiceInProgressError": exceptions.InvoiceInProgressError("17", waited=timedelta(seconds=31)),
}


def classes(base: type[PosgoError] = PosgoError) -> Iterator[type[PosgoError]]:
    yield base
    for each in base.__subclasses__():
        if each.__module__ == exceptions.__name__:
            yield from classes(each)


def example(cls: type[PosgoError]) -> PosgoError:
    """
    An instance with every attribute given.
    """
    if issubclass(cls, ApiError):
        return cls(**API, **EXTRA.get(cls.__name__, {}))
    if issubclass(cls, FileFormatError):
        return cls("day.xml, line 3, column 7", "a tag is not closed")
    if issubclass(cls, StateStoreError):
        return cls("state.db", "the disk is full")
    return OTHERS[cls.__name__]


CLASSES = sorted({*classes()}, key=lambda each: each.__name__)


class TestTree:
    """
    One screen shows every error.
    """

    def test_documented_tree_is_the_real_one(self) -> None:
        """
        The outline of the module's docstring has the classes of the module, each below its base.
        """
        documented = {}
        above: list[tuple[int, str]] = []
        for line in (exceptions.__doc__ or "").splitlines():
            match = re.match(r"^ {4}([│├└─ ]*)(\w+Error)\b", line)
            if match is None:
                continue
            depth, name = len(match[1]), match[2]
            above = [(other, cls) for other, cls in above if other < depth]
            documented[name] = above[-1][1] if above else "Exception"
            above.append((depth, name))

        assert documented == {cls.__name__: cls.__bases__[0].__name__ for cls in CLASSES}

    def test_second_bases(self) -> None:
        """
        Nonsense given to us is a ValueError too, where people expect one.
        """
        values = {cls.__name__ for cls in CLASSES if ValueError in cls.__bases__}

        assert values == {"ModelError", "FileFormatError"}

    def test_everything_is_exported(self) -> None:
        """
        ``__all__`` is the tree, and what its attributes need.
        """
        assert sorted(exceptions.__all__) == sorted(["Missing", *(cls.__name__ for cls in CLASSES)])
        assert exceptions.__all__ == sorted(exceptions.__all__)

    @pytest.mark.parametrize("cls", CLASSES)
    def test_every_class_is_explained(self, cls: type[PosgoError]) -> None:
        """
        Each has a docstring, and each attribute of its own stands in it.
        """
        assert inspect.getdoc(cls)
        own = set(inspect.signature(cls.__init__).parameters) - {"self", "args", "kwargs", "facts"}
        documented = " ".join(inspect.getdoc(each) or "" for each in cls.__mro__ if each is not object)
        if "__init__" in cls.__dict__:
            assert {name for name in own if f"{name}:" not in documented} <= {"reason"}


@pytest.mark.parametrize("cls", CLASSES)
class TestEveryError:
    """
    Job queues ship errors between processes.
    """

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_survives_pickling(self, cls: type[PosgoError], protocol: int) -> None:
        """
        Class, attributes, arguments and sentence are the same on the other side.
        """
        error = example(cls)
        again = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own bytes

        assert type(again) is cls
        assert vars(again) == vars(error)
        assert again.args == error.args
        assert str(again) == str(error)

    def test_survives_copying(self, cls: type[PosgoError]) -> None:
        """
        So it does copying, notes included.
        """
        error = example(cls)
        error.add_note("while settling Z 42")

        assert vars(copy.copy(error)) == vars(error)
        assert vars(copy.deepcopy(error)) == vars(error)

    def test_sentence(self, cls: type[PosgoError]) -> None:
        """
        Each says something, and says it the same way every time.
        """
        error = example(cls)

        assert str(error)
        assert str(error) == str(example(cls))


class TestSentences:
    """
    What an error tells its reader.
    """

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("AmountError", "0.1 is not an amount in NOK: floats lose øre"),
            ("UnbalancedVoucherError", "postings must sum to 0.00 NOK, but are off by +0.01"),
            ("ConfigurationError", "accounts.toml has 2 problems:\n  - one\n  - two"),
            ("MalformedFileError", "day.xml, line 3, column 7: a tag is not closed"),
            ("WireFormatError", "$[3].VoucherNo: is no number"),
            ("TransportError", "POST /Vouchers/CashJournals got no answer (400)"),
            ("AuthenticationError", "[request 0HN7]. Check the client key."),
            ("RateLimitedError", "came too soon; wait 2 s"),
            ("ServerError", "failed on their side"),
            ("NotFoundError", "found nothing: an object it refers to does not exist"),
            ("MissingPrivilegeError", "needs a privilege Voucher_Full or CashJournal_Full that this"),
            ("PatchIgnoredError", "left unchanged: EmailAddress"),
            (
                "RejectedError",
                "was refused (400): Bad request: It is wrong: VoucherDate: required; it may have been carried out",
            ),
            ("ApiError", "POST /Vouchers/CashJournals did not succeed (400)"),
            ("StaleStateError", "state.db: the disk is full"),
            ("InvoiceRefusedError", "order 17 is not invoiced: customer c-1 is not in Go. Sync customers."),
            ("InvoiceNotDeliveredError", "order 17 is not invoiced: Go could not deliver it"),
            ("InvoiceInProgressError", "Go was still at it after 31 s. Invoice it again in a minute"),
            ("InvoiceError", "order 17 is not invoiced. Do it."),
        ],
    )
    def test_words(self, name: str, words: str) -> None:
        """
        The sentence holds the facts.
        """
        assert words in str(example(getattr(exceptions, name)))

    def test_bare(self) -> None:
        """
        What is not known is not mentioned.
        """
        error = exceptions.TransportError(method="GET", path="/x", may_have_happened=False)

        assert str(error) == "GET /x got no answer"
        error.system = "the POS"
        assert str(error) == "the POS: GET /x got no answer"
        assert str(exceptions.ConfigurationError("a.toml", ("one",))) == "a.toml: one"
        assert str(exceptions.MissingPrivilegeError(**API)).count("privilege ") == 1
        assert "Check" not in str(exceptions.AuthenticationError(**API))

    def test_an_undelivered_invoice_keeps_names_to_itself(self) -> None:
        """
        Go's words may name the customer; they stand where logs do not look. A booked invoice is told by its number.
        """
        error = example(exceptions.InvoiceNotDeliveredError)
        booked = exceptions.InvoiceNotDeliveredError("17", reason="…", invoice_no=10001, remedy="Send it.")

        assert "Kari" not in f"{error} {error!r} {error.args}"
        assert "order 17 is booked as invoice 10001, but Go could not deliver it" in str(booked)

    def test_a_remedy_is_told_once(self) -> None:
        """
        Two findings with one remedy are one thing to do.
        """
        assert 1 == str(example(exceptions.CustomerNotInGoError)).count("Sync customers.")

    @pytest.mark.parametrize("cls", [each for each in CLASSES if issubclass(each, ApiError)])
    def test_no_class_has_room_for_a_secret(self, cls: type[ApiError]) -> None:
        """
        No error takes headers, bodies, keys or tokens, so none can repeat them.
        """
        taken = set(inspect.signature(cls.__init__).parameters) | set(vars(example(cls)))

        assert not [name for name in taken if re.search(r"key|token|secret|header|body|password|url", name)]

    def test_amounts_given_as_objects_are_kept_as_text(self) -> None:
        """
        An error keeps no reference to what it was given, so that it can be shipped.
        """
        error = exceptions.AmountError(object(), "…")

        assert isinstance(error.value, str)

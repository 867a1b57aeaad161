"""
Documents, drafts, dimensions, the chart and onboarding, with both clients.
"""

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import jsonschema
import pytest

from posgo.clients.calls import File
from posgo.exceptions import (
    AuthenticationError,
    ConflictError,
    ModelError,
    NotFoundError,
    RejectedError,
)
from posgo.models.documents import DraftEntry, DraftLine
from posgo.models.ledger import Department
from posgo.models.terms import DeliveryTerm, Location, Project
from posgo.models.vouchers import Journal
from support.colours import Shop
from support.ledger import DAY, entry

PDF = File(name="z-1042.pdf", content=b"%PDF-1.7 Z-rapport")

# Written from section 9.2 of our notes on the API; the description does not hold drafts.
_LINE = {
    "type": "object",
    "required": ["CurrencyAmount"],
    "additionalProperties": False,
    "properties": {
        "DebitAccountId": {"type": "integer"},
        "CreditAccountId": {"type": "integer"},
        "DebitVatId": {"type": "integer"},
        "CreditVatId": {"type": "integer"},
        "CurrencyAmount": {"type": "number", "exclusiveMinimum": 0},
        "PostingDate": {"type": "string"},
        "Description": {"type": "string"},
        "DepartmentId": {"type": "integer"},
        "InvoiceNo": {"type": "string"},
    },
}


def draft_schema(lines: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["VoucherDate", lines],
        "additionalProperties": False,
        "properties": {
            "VoucherDate": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
            "CurrencyCode": {"const": "NOK"},
            "Description": {"type": "string"},
            "Comment": {"type": "string", "maxLength": 1000},
            "DepartmentId": {"type": "integer"},
            lines: {"type": "array", "minItems": 1, "items": _LINE},
        },
    }


# -- documents ---------------------------------------------------------------------


def test_z_report_is_attached(shop: Shop, go: Any) -> None:
    """
    A PDF goes on the voucher, replaces the one before, and comes down in a zip file.
    """
    posted = shop.do(go.vouchers.post(entry(shop.fake)))
    shop.do(go.voucher_documentation.upload(posted.id, attrs.evolve(PDF, content=b"%PDF-1.7 first")))
    shop.do(go.voucher_documentation.upload(posted.id, PDF))
    (told,) = shop.do(go.voucher_documentation.list(voucher_no=posted.number))
    packed = shop.do(go.voucher_documentation.download(posted.id, kind="Pdf"))

    assert (posted.id, True, True) == (told.voucher_id, told.has_pdf, told.is_imported)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert [PDF.content] == [archive.read(name) for name in archive.namelist()]
    assert b"" == shop.do(go.voucher_documentation.download(posted.id, kind="Ehf"))


def test_documentation_is_checked_before_it_is_sent(shop: Shop, go: Any) -> None:
    """
    Go takes PDF up to 30 MB, and only for vouchers it knows.
    """
    shop.failure(lambda: go.voucher_documentation.upload("x", File(name="a", content=b"GIF89a")), ModelError)
    large = attrs.evolve(PDF, content=b"%PDF-" + bytes(31 * 1024 * 1024))
    shop.failure(lambda: go.voucher_documentation.upload("x", large), ModelError)
    shop.failure(go.voucher_documentation.list, ModelError)
    unknown = "0d3c8c1e-7d0c-5d0e-9a86-3a1d2b7c9f10"
    shop.failure(lambda: go.voucher_documentation.upload(unknown, PDF), NotFoundError)
    assert [] == shop.do(go.voucher_documentation.list(id=unknown))


def test_a_persons_reversal_takes_no_documents(shop: Shop, go: Any) -> None:
    """
    Documents hang only on vouchers that came through the API.
    """
    posted = shop.do(go.vouchers.post(entry(shop.fake)))
    reversal = shop.fake.reverse(posted.number)

    shop.failure(lambda: go.voucher_documentation.upload(reversal.id, PDF), RejectedError)
    shop.failure(lambda: go.vouchers.reverse(reversal.id), NotFoundError)
    with pytest.raises(LookupError):
        shop.fake.reverse(posted.id)


# -- drafts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("journal", "lines"), [(Journal.MANUAL, "ManualVoucherLines"), (Journal.BANK, "BankJournalLines")]
)
def test_draft_is_handed_over(shop: Shop, go: Any, fake: Any, journal: Journal, lines: str) -> None:
    """
    A draft travels under the name its journal wants, gets a page, and is handed over.
    """
    line = DraftLine(
        amount=Decimal(125), debit_account_id=1, debit_vat_id=7, credit_account_id=2, text="Salg"
    )
    value = DraftEntry(date=DAY, text="Z 1042", lines=(line,), comment="Se vedlegg", department_id=9)
    draft = shop.do(go.journal_drafts.create(value, journal=journal))
    sent = next(request.json() for request in fake.requests if "JournalEntry" in request.path)
    shop.do(go.journal_drafts.add_page(draft.id, PDF))
    shop.do(go.journal_drafts.submit(draft.id))

    jsonschema.validate(
        {**sent, lines: [{**one, "CurrencyAmount": 125} for one in sent[lines]]}, draft_schema(lines)
    )
    (kept,) = fake._company.table("Drafts").values()
    assert (1, 1, True) == (len(kept["lines"]), len(kept["pages"]), kept["submitted"])
    shop.do(go.journal_drafts.delete(draft.id))
    shop.failure(lambda: go.journal_drafts.submit(draft.id), NotFoundError)


@pytest.mark.parametrize(
    "value",
    [
        DraftEntry(date=DAY, text="a", lines=()),
        DraftEntry(date=DAY, text="a", lines=(DraftLine(amount=Decimal(-1), debit_account_id=1),)),
        DraftEntry(date=DAY, text="a", lines=(DraftLine(amount=Decimal(1)),)),
    ],
)
def test_bad_draft_is_refused_before_it_is_sent(shop: Shop, go: Any, value: DraftEntry) -> None:
    """
    No lines, no side, no direction: Go would make an empty draft of it without a word.
    """
    shop.failure(lambda: go.journal_drafts.create(value), ModelError)
    shop.failure(lambda: go.journal_drafts.create(value, journal=Journal.CASH), ModelError)


# -- dimensions and the chart ------------------------------------------------------------


def test_departments_are_made_active(shop: Shop, go: Any) -> None:
    """
    Go makes a department inactive unless told otherwise; posgo tells it otherwise.
    """
    made = shop.do(go.departments.create(Department(id=0, code="20", name="Lager")))
    hidden = shop.do(go.departments.update(made, attrs.evolve(made, active=False)))

    assert made.active
    assert [hidden] == shop.do(go.departments.list(is_active=False))
    assert [made.id] == [one.id for one in shop.do(go.departments.list(name="lag"))]
    shop.failure(
        lambda: go.departments.create(Department(id=0, code="20", name="B")),
        RejectedError,
    )
    shop.do(go.departments.delete(made.id))


def test_department_with_postings_stays(shop: Shop, go: Any) -> None:
    """
    A department something is booked on cannot be deleted.
    """
    (department,) = shop.do(go.departments.list())
    sale = entry(shop.fake)
    lines = tuple(attrs.evolve(line, department_id=department.id) for line in sale.lines)
    shop.do(go.vouchers.post(attrs.evolve(sale, lines=lines)))

    shop.failure(lambda: go.departments.delete(department.id), ConflictError)
    assert 3 == len(
        shop.do(go.account_transactions.list(from_date=DAY, to_date=DAY, department_codes=["10"]))
    )


def test_locations_and_projects(shop: Shop, go: Any) -> None:
    """
    Codes are made up where missing; a sub-project's code carries its parent's; a project answers no change.
    """
    place = shop.do(go.locations.create(Location(name="Kiosk")))
    festival = shop.do(go.projects.create(Project(code="F", name="Festival", start_date=DAY)))
    stage = shop.do(go.projects.create(Project(code="S", name="Scene", parent_id=festival.id)))
    renamed = shop.do(
        go.projects.update(stage, attrs.evolve(stage, name="Storscene", end_date=date(2026, 8, 1)))
    )

    assert (True, f"L{place.id}") == (place.is_active, place.code)
    assert [attrs.evolve(place, name="Bod")] == [
        shop.do(go.locations.update(place, attrs.evolve(place, name="Bod")))
    ]
    assert ("F.S", "Storscene", "Active") == (renamed.code, renamed.name, renamed.status)
    assert [renamed] == shop.do(go.projects.list(codes=["F.S"]))
    shop.failure(lambda: go.projects.delete(festival.id), ConflictError)
    shop.do(go.projects.delete(stage.id))
    shop.do(go.locations.delete(place.id))


def test_chart_can_grow(shop: Shop, go: Any) -> None:
    """
    Accounts are added, changed and deleted as long as nothing hangs on them.
    """
    made = shop.do(go.accounts.create(number=3011, name="Salg av øl", vat_code="3", vat_code_locked=True))
    changed = shop.do(go.accounts.update(made, attrs.evolve(made, name="Salg av vin", vat_code_locked=False)))

    assert (3011, "3", True) == (made.number, made.vat_code, made.vat_code_locked)
    assert [changed] == shop.do(go.accounts.list(numbers=[3011]))
    shop.failure(lambda: go.accounts.create(number=3011, name="a"), RejectedError)
    shop.failure(lambda: go.accounts.update(made, attrs.evolve(made, number=3012)), ModelError)
    shop.do(go.accounts.delete(made.id))
    shop.do(go.vouchers.post(entry(shop.fake)))
    (sales,) = shop.do(go.accounts.list(numbers=[3000]))
    shop.failure(lambda: go.accounts.delete(sales.id), ConflictError)


def test_small_settings(shop: Shop, go: Any) -> None:
    """
    Themes, currencies, rates, series and delivery terms are read.
    """
    (theme,) = shop.do(go.branding_themes.list())
    (series,) = shop.do(go.number_series.list(kind="Customer"))
    term = shop.do(go.delivery_terms.create(DeliveryTerm(name="Henting")))
    rate = shop.do(go.currencies.rate(from_currency="EUR", to_currency="NOK", on=DAY))

    assert theme == shop.do(go.branding_themes.get(theme.id))
    assert (10_000, 19_999, 1500) == (series.first, series.last, series.account)
    assert series == shop.do(go.number_series.get(series.id))
    assert [] == shop.do(go.number_series.list(kind="customer"))
    assert ("EUR", DAY, 1) == (rate.currency_code, rate.rate_date, rate.exchange_base)
    assert ["SEK"] == [one.code for one in shop.do(go.currencies.list(code="SEK"))]
    renamed = shop.do(go.delivery_terms.update(term, attrs.evolve(term, name="Sending")))
    assert renamed == shop.do(go.delivery_terms.get(term.id))
    shop.do(go.delivery_terms.delete(term.id))
    assert [] == shop.do(go.delivery_terms.list())
    shop.failure(lambda: go.vouchers.get_invoice(series.id), NotFoundError)


# -- onboarding ----------------------------------------------------------------------------


def test_onboarding_gives_the_client_key_once(shop: Shop, go: Any, fake: Any) -> None:
    """
    The key that comes back opens the company; the same token gives it no second time; it shows in no repr.
    """
    link = shop.do(go.onboarding.initiate(application_key=fake.credentials.application_key))
    token = fake.onboard()
    done = shop.do(go.onboarding.finalize(token))

    assert link.url.startswith("https://")
    assert [fake.credentials.client_key] == [client.client_key for client in done.clients]
    assert fake.credentials.client_key not in repr(done)
    assert not any(request.path == "/OAuth/Token" for request in fake.requests)
    shop.failure(lambda: go.onboarding.finalize(token), RejectedError)


def test_wrong_keys_name_the_remedy(shop: Shop, fake: Any) -> None:
    """
    Keys that do not belong together fail at the token, once, and say what to check.
    """
    wrong = attrs.evolve(fake.credentials, client_key="11111111-1111-1111-1111-111111111111")
    go = shop.client(credentials=wrong)
    error = shop.failure(go.integration.get, AuthenticationError)

    assert "belong together" in str(error)
    assert not any(key in f"{error!r} {error}" for key in attrs.astuple(wrong) if key)
    assert 1 == len(fake.requests)

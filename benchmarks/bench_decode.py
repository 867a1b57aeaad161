# /// script
# dependencies = []
# ///
"""
What decoding a page of 5 000 customers costs, beside parsing the same bytes.

The floor is ``json.loads`` of the page: what anybody must do to look at it at
all. posgo also makes typed, checked models of decimals and dates. The second
figure reads fifty shorter pages through a client, row by row, and shows that
memory stays where it was after the first few.

Run it with ``nox -s bench``, or ``python benchmarks/bench_decode.py``.
"""

import itertools
import json
import time
import timeit
import tracemalloc

import httpx

from posgo.clients.calls import Answer
from posgo.clients.credentials import GoCredentials
from posgo.clients.go import customers
from posgo.clients.go_client import GoClient
from posgo.clients.limiter import NO_LIMIT

BUDGET = 2.5
ROWS = 5_000
PAGES = 50
SHORT = 500


def row(number: int) -> dict[str, object]:
    """
    A customer as Go answers one: all members, most of them seldom used.
    """
    stamp = "2021-09-30T08:03:00.123456+00:00"
    return {
        "Allowance": 0.0,
        "BillableRate": None,
        "ContactCreatedDateTimeOffset": stamp,
        "ContactGroupIds": [1, 2],
        "CreatedFromImportJournalId": None,
        "CurrencyCode": "NOK",
        "CustomerCreatedDateTimeOffset": stamp,
        "CustomerSince": "2021-09-30",
        "DateOfBirth": None,
        "DeliveryTerm": None,
        "DeliveryTermId": None,
        "DepartmentCode": "10",
        "DepartmentId": 9,
        "DoNotAddLatePaymentFees": False,
        "DoNotAddLatePaymentInterest": False,
        "DoNotAutomatePaymentNotifications": False,
        "EmailAddress": f"post{number}@example.no",
        "ExternalImportReference": f"pos:{number}",
        "ExternalNumber": number,
        "FirstName": None,
        "Id": 100_000 + number,
        "InvoiceBrandingThemeCode": None,
        "InvoiceBrandingThemeId": None,
        "InvoiceDeliveryType": "PdfByEmail",
        "InvoiceEmailAddress": f"faktura{number}@example.no",
        "InvoiceEmailAddressCC": None,
        "IsActive": True,
        "IsArchived": False,
        "IsPerson": False,
        "IsVatFree": False,
        "LastChangedDateTimeOffset": stamp,
        "LastName": None,
        "LegalName": f"Kafe {number} AS",
        "MailAddress": {
            "AddressLine1": f"Storgata {number}",
            "AddressLine2": None,
            "City": "Oslo",
            "CountryCode": "NO",
            "ExternalCode": None,
            "Id": 200_000 + number,
            "LastChangedDateTimeOffset": stamp,
            "ZipCode": "0155",
        },
        "Name": f"Kafe {number} AS",
        "NationalIdNumber": None,
        "NoticeOfDebtCollectionDeliveryType": None,
        "Number": 10_000 + number,
        "OrganizationNumber": "999888777",
        "PaymentReminderEmailAddress": None,
        "PaymentTerm": 14,
        "PaymentTermId": 55,
        "PhoneNumber": "+47 22 22 55 55",
        "ReminderDeliveryType": "PdfByEmail",
        "SalesPersonEmployeeId": None,
        "SalesPersonEmployeeNumber": None,
        "SendPaymentReminders": True,
        "SubledgerAccountId": 300_000 + number,
        "TransferToDebtCollectionAgency": True,
        "UseInvoiceFee": True,
        "WebsiteUrl": "https://example.no",
    }


def endless(page: bytes) -> httpx.MockTransport:
    """
    A Go of fifty equal pages.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/Token"):
            return httpx.Response(200, json={"access_token": "a", "expires_in": 1200})
        following = int(request.url.params.get("PageNumber", "1")) + 1
        link = None if following > PAGES else f"/v2/Customers?PageNumber={following}"
        return httpx.Response(200, headers={"X-Pagination": json.dumps({"nextPageLink": link})}, content=page)

    return httpx.MockTransport(answer)


def held_over_fifty_pages(page: bytes) -> tuple[float, float]:
    """
    Megabytes held after 5 and after 50 pages read row by row through a client.
    """
    go = GoClient(GoCredentials("a", "b", "c"), transport=endless(page), limiter=NO_LIMIT)
    held: list[float] = []
    tracemalloc.start()
    for number, _ in enumerate(go.customers.list(), start=1):
        if number in {5 * SHORT, PAGES * SHORT}:
            held.append(tracemalloc.get_traced_memory()[0] / 2**20)
    tracemalloc.stop()
    return held[0], held[1]


def main() -> int:
    """
    Print the ratio and the memory; fail beyond the budget.
    """
    page = json.dumps([row(number) for number in range(ROWS)]).encode()
    answer = Answer(status=200, content=page)
    call = customers.list()
    assert len(call.read(answer).items) == ROWS
    floors, ours = [], []
    # Time of this process, taken in turns: a busy machine hits both alike.
    for _ in itertools.repeat(None, 9):
        floors.append(timeit.timeit(lambda: json.loads(page), number=1, timer=time.process_time))
        ours.append(timeit.timeit(lambda: call.read(answer), number=1, timer=time.process_time))
    floor, decoding = min(floors), min(ours)
    ratio = decoding / floor
    print(f"page of {ROWS} customers ({len(page) / 2**20:.1f} MB): json.loads {floor * 1000:.0f} ms")
    print(f"decoding into models: {decoding * 1000:.0f} ms, {ratio:.2f} x the floor (budget {BUDGET} x)")
    early, late = held_over_fifty_pages(json.dumps([row(number) for number in range(SHORT)]).encode())
    print(f"memory held after 5 pages {early:.1f} MB, after {PAGES} pages {late:.1f} MB")
    return 0 if ratio <= BUDGET and late < early * 1.2 else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""
Terms, themes, currencies, number series and dimensions.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from posgo.testing._go import binding as b
from posgo.testing._go.company import Company, Row
from posgo.testing._go.http import Received, Reply, bad_request, not_found, referenced_not_found
from posgo.testing._go.listing import codes, flag, later, moment, number_filter, page, whole
from posgo.testing._go.routing import Endpoint, endpoint
from posgo.testing._go.tables import Kind

__all__ = ["DEPARTMENTS", "ENDPOINTS", "LOCATIONS", "PAYMENT_TERMS"]

_COMMON = ("CommonServices", "CommonServices_Full")
_STAMPS = " CreatedDateTimeOffset LastChangedDateTimeOffset Id"


def dto(members: dict[b.Kind, str], *required: str) -> b.Dto:
    """
    State a body: names by kind.
    """
    return b.Dto(b.named(members), required)


def _used_by(table: str, member: str) -> Callable[[Company, Row], str | None]:
    def reason(company: Company, row: Row) -> str | None:
        used = any(other.get(member) == row["Id"] for other in company.table(table).values())
        return f"The object is in use by {table}" if used else None

    return reason


def in_window(request: Received) -> Callable[[Row], bool]:
    """
    A filter by the two usual stamps, both exclusive.
    """
    moment(request, "createdDateTimeOffsetGreaterThan")
    moment(request, "lastChangedDateTimeOffsetGreaterThan")
    return lambda row: (
        later(request, "createdDateTimeOffsetGreaterThan", row["CreatedDateTimeOffset"])
        and later(request, "lastChangedDateTimeOffsetGreaterThan", row["LastChangedDateTimeOffset"])
    )


_PAYMENT: dict[b.Kind, str] = {b.text(128): "Name", b.int32: "CreditDays", b.truth: "IsActive IsDefault"}
PAYMENT_TERMS = Kind(
    name="Payment term",
    path="/PaymentTerms",
    table="PaymentTerms",
    fields="Name CreditDays IsActive IsDefault" + _STAMPS,
    post=dto(_PAYMENT, "Name", "CreditDays"),
    patch=dto(_PAYMENT, "Name", "CreditDays"),
    defaults={"IsActive": True, "IsDefault": False},
    read=_COMMON,
    write=("CommonServices_Full",),
    in_use=_used_by("Customers", "PaymentTermId"),
    # As described, odd as it is.
    deleted=201,
)
_DELIVERY: dict[b.Kind, str] = {b.text(128): "Name", b.truth: "IsDefault"}
_DELIVERY_TERMS = Kind(
    name="Delivery term",
    path="/DeliveryTerms",
    table="DeliveryTerms",
    fields="Name IsDefault" + _STAMPS,
    post=dto(_DELIVERY, "Name"),
    patch=dto(_DELIVERY, "Name"),
    defaults={"IsDefault": False},
    read=_COMMON,
    write=("CommonServices_Full",),
    in_use=_used_by("Customers", "DeliveryTermId"),
)


def _departments_wanted(_company: Company, request: Received) -> Callable[[Row], bool]:
    code, active, name = codes(request, "codes"), flag(request, "isActive"), request.asked("name")
    manager, journal, window = (
        whole(request, "managerEmployeeNo"),
        request.asked("createdFromImportJournalId"),
        in_window(request),
    )
    return lambda row: (
        code(row["Code"])
        and (active is None or row["IsActive"] is active)
        and (name is None or name.casefold() in row["Name"].casefold())
        and manager in {None, row["ManagerEmployeeNo"]}
        and journal is None
        and window(row)
    )


def _unique_code(table: str) -> Callable[[Company, Row, Row | None], None]:
    def check(company: Company, row: Row, _old: Row | None) -> None:
        twin = next(
            (r for r in company.table(table).values() if r["Code"] == row["Code"] and r["Id"] != row["Id"]),
            None,
        )
        if row["Code"] is not None and twin is not None:
            bad_request(f"{table} validation error(s)", f"Code '{row['Code']}' is already in use")

    return check


def _department_in_use(company: Company, row: Row) -> str | None:
    used = any(line.department_id == row["Id"] for voucher in company.vouchers for line in voucher.lines)
    return "The department has transactions" if used else _used_by("Customers", "DepartmentId")(company, row)


_DEPARTMENT: dict[b.Kind, str] = {b.any_text: "Code Name", b.truth: "IsActive", b.int64: "ManagerEmployeeId"}
DEPARTMENTS = Kind(
    name="Department",
    path="/Departments",
    table="Departments",
    fields="Code CreatedFromImportJournalId IsActive ManagerEmployeeId ManagerEmployeeNo Name" + _STAMPS,
    post=b.Dto({**b.named(_DEPARTMENT), "ManagerEmployeeNo": b.int64}, ("Name",)),
    patch=dto(_DEPARTMENT, "Name"),
    # Inactive unless told otherwise.
    defaults={"IsActive": False},
    read=("Department", "Department_Full"),
    write=("Department_Full",),
    wanted=_departments_wanted,
    check=_unique_code("Departments"),
    in_use=_department_in_use,
)


def _location_check(company: Company, row: Row, old: Row | None) -> None:
    if row["Code"] is None:
        row["Code"] = f"L{row['Id']}"
    _unique_code("Locations")(company, row, old)


def _locations_wanted(_company: Company, request: Received) -> Callable[[Row], bool]:
    code = codes(request, "codes")
    moment(request, "createdDateTimeOffsetGreaterThan")
    return lambda row: (
        code(row["Code"]) and later(request, "createdDateTimeOffsetGreaterThan", row["CreatedDateTimeOffset"])
    )


_LOCATION: dict[b.Kind, str] = {b.any_text: "Code Name", b.truth: "IsActive"}
LOCATIONS = Kind(
    name="Location",
    path="/Locations",
    table="Locations",
    fields="Code IsActive Name" + _STAMPS,
    post=dto(_LOCATION, "Name"),
    patch=dto(_LOCATION, "Name"),
    defaults={"IsActive": False},
    read=("Location", "Location_Full"),
    write=("Location_Full",),
    wanted=_locations_wanted,
    check=_location_check,
    created=200,
)

_PROJECT_IDS = "BrandingThemeId ContactPersonId CustomerId DeliveryTermId DepartmentId LocationId ParentProjectId PaymentTermId ProjectManagerEmployeeId ExternalNumber"
_PROJECT: dict[b.Kind, str] = {
    b.int64: _PROJECT_IDS,
    b.truth: (
        "AllowAllActivities AllowAllEmployees AttachExpenseVouchersWhenBilling DenyTimeTracking ExpenseMarkupEnabled "
        "HourlyRateMarkupEnabled IsActive IsBillable IsInternal"
    ),
    b.number: (
        "BillableRate BudgetedBillableRate BudgetedCostOfGoods BudgetedHours BudgetedOtherOperatingExpenses "
        "BudgetedPayrollExpenses BudgetedRevenueHours BudgetedTotalRevenue ExpenseMarkupFactor FixedPrice "
        "HourlyRateMarkupFactor"
    ),
    b.any_text: "Code ContractNo ExpenseMarkupDescription HourlyRateMarkupDescription Name PurchaseOrderNo",
    b.on_day: "StartDate EndDate",
    b.percentage: "Progress",
    b.one_of("Activity", "Employee", "Project"): "BillableRateSpecification",
    b.one_of("FixedPrice", "Time", "TimeAndExpenses"): "ProjectBillingMethod",
    b.one_of("Tentative", "Active", "Archived", "NotStarted", "Complete"): "ProjectStatus",
}
_PROJECT_TWINS: dict[b.Kind, str] = {
    b.any_text: "BrandingThemeCode DeliveryTerm DepartmentCode LocationCode ParentProjectCode",
    b.int64: "CustomerNo ProjectManagerEmployeeNo",
    b.int32: "PaymentTerms",
}


def _project_check(company: Company, row: Row, old: Row | None) -> None:
    parent = row["ParentProjectId"]
    if parent is not None and parent not in company.table("Projects"):
        referenced_not_found(f"Project with id {parent} was not found")
    if parent == row["Id"]:
        bad_request("Project validation error(s)", "A project cannot be part of itself")
    if old is None and parent is not None and row["Code"]:
        row["Code"] = f"{company.table('Projects')[parent]['Code']}.{row['Code']}"
    company.refuse_unknown(row, CustomerId="Customers", DepartmentId="Departments", LocationId="Locations")
    _unique_code("Projects")(company, row, old)


def _projects_wanted(_company: Company, request: Received) -> Callable[[Row], bool]:
    code, name, status = codes(request, "projectCodes"), request.asked("name"), request.asked("status")
    customer, department = number_filter(request, "customerNos"), codes(request, "departmentCodes")
    manager, method = (
        number_filter(request, "projectManagerEmployeeNos"),
        request.asked("projectBillingMethod"),
    )
    hide, window = flag(request, "excludeArchivedProject"), in_window(request)
    flag(request, "includeSubProjects")
    by_customer, by_manager = request.asked("customerNos"), request.asked("projectManagerEmployeeNos")
    return lambda row: (
        code(row["Code"])
        and (name is None or name.casefold() in row["Name"].casefold())
        and (status is None or (row["ProjectStatus"] or "").casefold() == status.casefold())
        and (method is None or (row["ProjectBillingMethod"] or "").casefold() == method.casefold())
        and (by_customer is None or customer(row["CustomerNo"]))
        and (by_manager is None or manager(row["ProjectManagerEmployeeNo"]))
        and department(row["DepartmentCode"])
        and not (hide and row["ProjectStatus"] == "Archived")
        and window(row)
    )


_PROJECTS = Kind(
    name="Project",
    path="/Projects",
    table="Projects",
    fields=" ".join((*b.named(_PROJECT), *b.named(_PROJECT_TWINS))) + " CreatedFromImportJournalId" + _STAMPS,
    post=b.Dto({**b.named(_PROJECT), **b.named(_PROJECT_TWINS)}, ("Name",)),
    patch=dto(_PROJECT, "Name"),
    defaults={"IsActive": True, "ProjectStatus": "Active"},
    read=("Project", "Project_Full"),
    write=("Project_Full",),
    wanted=_projects_wanted,
    check=_project_check,
    in_use=_used_by("Projects", "ParentProjectId"),
    # The description shows no body for a changed project.
    echoes=False,
)

_THEME = {"Id": 1, "Code": "STD", "Name": "Standard", "LanguageCode": "nb", "IsDefault": True}


def _theme(company: Company) -> dict[str, Any]:
    stamp = company.founded.isoformat()
    return {**_THEME, "CreatedDateTimeOffset": stamp, "LastChangedDateTimeOffset": stamp}


@endpoint("GET", "/BrandingThemes", *_COMMON)
def list_themes(company: Company, request: Received) -> Reply:
    """
    The one branding theme.
    """
    return page(request, [_theme(company)], ("Code Name LanguageCode IsDefault" + _STAMPS).split())


@endpoint("GET", "/BrandingThemes/{id:int}", *_COMMON)
def get_theme(company: Company, request: Received) -> Reply:
    """
    The one branding theme, by id.
    """
    if request.id != _THEME["Id"]:
        not_found(f"Branding theme with id {request.id} was not found")
    return Reply.of(_theme(company))


# NOK for one unit, made up.
_RATES = {
    "NOK": Decimal(1),
    "EUR": Decimal("11.5"),
    "SEK": Decimal("1.03"),
    "DKK": Decimal("1.54"),
    "USD": Decimal(10),
}


@endpoint("GET", "/Currencies", *_COMMON)
def list_currencies(_company: Company, request: Received) -> Reply:
    """
    A few currencies.
    """
    code, active = codes(request, "currencyCode"), flag(request, "isActive")
    rows = [{"Code": name, "Notation": name, "IsActive": True} for name in _RATES if code(name)]
    return page(request, rows if active is not False else [], ("Code", "Notation", "IsActive"))


@endpoint("GET", "/CurrencyRates", *_COMMON)
def get_rate(_company: Company, request: Received) -> Reply:
    """
    A made-up rate.
    """
    day = moment(request, "asOnDate")
    source, target = (
        (request.asked("fromCurrency") or "").upper(),
        (request.asked("toCurrency") or "").upper(),
    )
    if day is None or source not in _RATES or target not in _RATES:
        bad_request("Currency rate validation error(s)", "fromCurrency, toCurrency and asOnDate are required")
    rate = (_RATES[source] / _RATES[target]).quantize(Decimal("0.000001"))
    reverse = (_RATES[target] / _RATES[source]).quantize(Decimal("0.000001"))
    return Reply.of(
        {
            "CurrencyCode": source,
            "ExchangeRate": rate,
            "ReverseExchangeRate": reverse,
            "ExchangeBase": 1,
            "RateDate": day.date().isoformat(),
        }
    )


_SERIES_FIELDS = [
    "FromInclusive",
    "GeneralLedgerAccountId",
    "GeneralLedgerAccountNo",
    "Id",
    "IsClientTrust",
    "IsDefault",
    "Name",
    "SubLedgerNumberSeriesType",
    "ToInclusive",
]


@endpoint("GET", "/SubLedgerNumberSeries", *_COMMON)
def list_series(company: Company, request: Received) -> Reply:
    """
    Number series. The kind is compared as it is written.
    """
    kind, default = request.asked("subLedgerNumberSeriesType"), flag(request, "isDefault")
    account = number_filter(request, "generalLedgerAccountNos")
    rows = [
        row
        for row in company.series_rows()
        if kind in {None, row["SubLedgerNumberSeriesType"]}
        and (default is None or row["IsDefault"] is default)
        and account(row["GeneralLedgerAccountNo"])
    ]
    return page(request, rows, _SERIES_FIELDS)


@endpoint("GET", "/SubLedgerNumberSeries/{id:uuid}", *_COMMON)
def get_series(company: Company, request: Received) -> Reply:
    """
    One number series.
    """
    row = next((row for row in company.series_rows() if row["Id"] == request.id), None)
    if row is None:
        not_found(f"Number series with id {request.id} was not found")
    return Reply.of(row)


ENDPOINTS: tuple[Endpoint, ...] = (
    *(
        one
        for kind in (PAYMENT_TERMS, _DELIVERY_TERMS, DEPARTMENTS, LOCATIONS, _PROJECTS)
        for one in kind.endpoints()
    ),
    list_themes,
    get_theme,
    list_currencies,
    get_rate,
    list_series,
    get_series,
)

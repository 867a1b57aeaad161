"""
Keep a point of sale and PowerOffice Go alike, and book every Z-report exactly once.

Names are loaded when they are first used: a program that only reads files
does not pay for the clients, and one that only settles not for the sync.
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from posgo import exceptions, profiles, saft
    from posgo.bookkeeping.accounts import AccountMap
    from posgo.clients.credentials import Environment, GoCredentials
    from posgo.clients.go_client import AsyncGoClient, GoClient
    from posgo.clients.pos.client import AsyncPosClient, PosClient
    from posgo.clients.pos.protocol import AsyncPointOfSale, PointOfSale
    from posgo.clients.retry import RetryPolicy
    from posgo.models.catalog import Product
    from posgo.models.findings import Finding, Severity
    from posgo.models.orders import Order, OrderLine, OrderStatus
    from posgo.models.parties import Address, Customer
    from posgo.models.pos import CashCount, InvoicePayment, ZReport
    from posgo.models.records import Link, Record, Snapshot
    from posgo.models.vouchers import Posting, Settlement, SettlementStatus, Voucher
    from posgo.profiles import Profile
    from posgo.runner import AsyncRunner, Runner
    from posgo.state import MemoryStore, SqliteStore, StateStore
    from posgo.sync import Conflict, Operation, Plan, Policy, plan

__all__ = [
    "AccountMap",
    "Address",
    "AsyncGoClient",
    "AsyncPointOfSale",
    "AsyncPosClient",
    "AsyncRunner",
    "CashCount",
    "Conflict",
    "Customer",
    "Environment",
    "Finding",
    "GoClient",
    "GoCredentials",
    "InvoicePayment",
    "Link",
    "MemoryStore",
    "Operation",
    "Order",
    "OrderLine",
    "OrderStatus",
    "Plan",
    "PointOfSale",
    "Policy",
    "PosClient",
    "Posting",
    "Product",
    "Profile",
    "Record",
    "RetryPolicy",
    "Runner",
    "Settlement",
    "SettlementStatus",
    "Severity",
    "Snapshot",
    "SqliteStore",
    "StateStore",
    "Voucher",
    "ZReport",
    "exceptions",
    "plan",
    "profiles",
    "saft",
]

# Where each public name lives. Held equal to the imports above by a test.
_HOMES = {
    "AccountMap": "posgo.bookkeeping.accounts",
    "Address": "posgo.models.parties",
    "AsyncGoClient": "posgo.clients.go_client",
    "AsyncPointOfSale": "posgo.clients.pos.protocol",
    "AsyncPosClient": "posgo.clients.pos.client",
    "AsyncRunner": "posgo.runner",
    "CashCount": "posgo.models.pos",
    "Conflict": "posgo.sync",
    "Customer": "posgo.models.parties",
    "Environment": "posgo.clients.credentials",
    "Finding": "posgo.models.findings",
    "GoClient": "posgo.clients.go_client",
    "GoCredentials": "posgo.clients.credentials",
    "InvoicePayment": "posgo.models.pos",
    "Link": "posgo.models.records",
    "MemoryStore": "posgo.state",
    "Operation": "posgo.sync",
    "Order": "posgo.models.orders",
    "OrderLine": "posgo.models.orders",
    "OrderStatus": "posgo.models.orders",
    "Plan": "posgo.sync",
    "PointOfSale": "posgo.clients.pos.protocol",
    "Policy": "posgo.sync",
    "PosClient": "posgo.clients.pos.client",
    "Posting": "posgo.models.vouchers",
    "Product": "posgo.models.catalog",
    "Profile": "posgo.profiles",
    "Record": "posgo.models.records",
    "RetryPolicy": "posgo.clients.retry",
    "Runner": "posgo.runner",
    "Settlement": "posgo.models.vouchers",
    "SettlementStatus": "posgo.models.vouchers",
    "Severity": "posgo.models.findings",
    "Snapshot": "posgo.models.records",
    "SqliteStore": "posgo.state",
    "StateStore": "posgo.state",
    "Voucher": "posgo.models.vouchers",
    "ZReport": "posgo.models.pos",
    "exceptions": "posgo.exceptions",
    "plan": "posgo.sync",
    "profiles": "posgo.profiles",
    "saft": "posgo.saft",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'posgo' has no attribute {name!r}")
    home = importlib.import_module(_HOMES[name])
    value: object = home if _HOMES[name] == f"posgo.{name}" else getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

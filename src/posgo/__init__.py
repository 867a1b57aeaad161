"""
Keep a point of sale and PowerOffice Go alike, and book every Z-report exactly once.
"""

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

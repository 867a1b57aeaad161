"""
JSON and models, each way. Pure: bytes and values in, values and bytes out.

Every module states how its models stand in Go's JSON; importing any of them
makes all of them known.
"""

from posgo.wire import _contacts, _invoices, _orders, _products, _terms, documents, ledger  # noqa: F401

__all__ = ["documents", "ledger"]

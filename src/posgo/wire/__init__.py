"""
JSON and models, each way. Pure: bytes and values in, values and bytes out.

Every module states how its models stand in Go's JSON; importing any of them
makes all of them known.
"""

from posgo.wire import contacts, documents, invoices, ledger, orders, products, terms

__all__ = ["contacts", "documents", "invoices", "ledger", "orders", "products", "terms"]

"""
Read Norwegian SAF-T Cash Register files (version 1.00).

>>> from posgo import saft
>>> file = saft.read("till.xml")  # doctest: +SKIP
>>> file.z_reports[0].total  # doctest: +SKIP
Decimal('514.20')
"""

from posgo.saft._reader import AuditFile, read
from posgo.saft._transactions import Payment, Transaction, TransactionLine, TransactionVat

__all__ = ["AuditFile", "Payment", "Transaction", "TransactionLine", "TransactionVat", "read"]

"""
For those who connect a POS: what their adapter answers with.
"""

from posgo.clients.pos.adapters import (
    changed_meanwhile,
    missing,
    other_reference,
    reference_taken,
    refused,
    updated,
)
from posgo.models.feeds import Feed

__all__ = [
    "Feed",
    "changed_meanwhile",
    "missing",
    "other_reference",
    "reference_taken",
    "refused",
    "updated",
]

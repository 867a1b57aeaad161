"""
Who we are at Go. Needs no privilege.
"""

from posgo.clients.calls import Call
from posgo.clients.go._single import read
from posgo.models.ledger import IntegrationInformation

__all__ = ["PATH", "get"]

PATH = "/ClientIntegrationInformation"


def get() -> Call[IntegrationInformation]:
    """
    Read the client company's id and name, and what this integration may do there.
    """
    return read(PATH, IntegrationInformation, roles=())

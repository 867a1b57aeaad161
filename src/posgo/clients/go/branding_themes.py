"""
How invoices look. Read only.
"""

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import listing
from posgo.clients.go._single import read
from posgo.models.terms import BrandingTheme

__all__ = ["get", "list"]

_READ = ("CommonServices", "CommonServices_Full")


def list() -> Call[Page[BrandingTheme]]:
    """
    List branding themes.
    """
    return listing("/BrandingThemes", BrandingTheme, roles=_READ, filters={})


def get(id: int) -> Call[BrandingTheme]:
    """
    Read one branding theme by Go's id.
    """
    return read("/BrandingThemes/{id}", BrandingTheme, roles=_READ, parameters={"id": id})

"""
Connecting client companies. Needs the subscription key only, no client key.
"""

import attrs

from posgo.clients.calls import Call
from posgo.clients.go._single import post
from posgo.models.documents import Onboarding, OnboardingLink
from posgo.wire.writing import without_none

__all__ = ["finalize", "initiate"]


def initiate(
    *, application_key: str, organization_number: str | None = None, redirect_url: str | None = None
) -> Call[OnboardingLink]:
    """
    Ask for an address where a user connects a client company.

    Args:
        application_key: The integration's.
        organization_number: Offers only this company; None lets the user choose, also several.
        redirect_url: Where the user comes back to; PowerOffice must have approved it, but for its query.
    """
    body = {
        "ApplicationKey": application_key,
        "ClientOrganizationNo": organization_number,
        "RedirectUri": redirect_url,
    }
    return attrs.evolve(
        post("/Onboarding/Initiate", OnboardingLink, without_none(body), roles=()), bearer=False
    )


def finalize(token: str) -> Call[Onboarding]:
    """
    Fetch the client keys after the user has come back. Go shows them only once: store them, encrypted, at once.

    Args:
        token: As the user brought it back.
    """
    return attrs.evolve(
        post("/Onboarding/Finalize", Onboarding, {"OnboardingToken": token}, roles=()), bearer=False
    )

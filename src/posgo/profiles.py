"""
Profiles: how two systems work together, as plain values anyone can copy and change.

.. code-block:: python

    import attrs
    from posgo import profiles
    from posgo.models.vouchers import Journal

    drafty = attrs.evolve(profiles.OPEN_ONE, name="ours", journal=Journal.MANUAL)
"""

import attrs

from posgo.models.vouchers import Journal

__all__ = ["OPEN_ONE", "PRESSIS_POS", "Profile"]


@attrs.frozen(kw_only=True)
class Profile:
    """
    How one POS and Go work together.

    Attributes:
        name: For logs and reports.
        journal: The kind of voucher settlements are posted as; the integration needs its privilege.
    """

    name: str
    journal: Journal = Journal.CASH


PRESSIS_POS = Profile(name="PressisPOS")
OPEN_ONE = Profile(name="Open One")

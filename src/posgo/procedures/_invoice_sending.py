"""
Sending an order that stands in Go, and waiting for its invoice with bounded patience.

An order becomes one invoice, with the order's own id, however often it is
asked for; so a request whose fate is not known is looked up by that id.
"""

from datetime import timedelta

import attrs

from posgo.clients.go import sales_orders
from posgo.exceptions import (
    InvoiceInProgressError,
    InvoiceNotDeliveredError,
    LockedPeriodError,
    MissingPrivilegeError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    ServerError,
    TransportError,
    WireFormatError,
)
from posgo.models.go_orders import SentState
from posgo.procedure import Procedure, ask, pause
from posgo.procedures._invoice_case import InvoiceDesk

__all__ = ["Sending", "how_far", "is_done", "is_under_way"]

_FIRST_INTERVAL = timedelta(seconds=1)
_LONGEST_INTERVAL = timedelta(seconds=4)
_NOTHING = timedelta(0)
_RESEND = "Mend what Go names (the customer's address, or how its invoices are delivered), and invoice the order again."
_STANDS = "The invoice stands: send it again in Go, or hand it over; it is not made a second time."


def how_far(go_id: str) -> Procedure[SentState | None]:
    """
    How far an order has come; None if it was never asked to be sent, as far as Go shows.
    """
    try:
        return (yield from ask(sales_orders.sent_state(go_id)))
    except NotFoundError:
        return None


def is_done(state: SentState | None) -> bool:
    """
    Whether the invoice is delivered.
    """
    return state is not None and state.sent_at is not None and state.invoice_no is not None


def is_under_way(state: SentState | None) -> bool:
    """
    Whether the invoice was asked for, and Go neither finished nor gave up.
    """
    return state is not None and not is_done(state) and (bool(state.is_processing) or state.error is None)


@attrs.frozen(kw_only=True)
class Sending:
    """
    One order being sent.

    Attributes:
        desk: Settings.
        order_id: The POS's id.
        go_id: Go's id.
        before: How far it had come before it was sent now; None if not known to have been sent.
        fresh: Whether the order was made just now, so that nobody can have sent it before.
    """

    desk: InvoiceDesk
    order_id: str
    go_id: str
    before: SentState | None = None
    fresh: bool = False

    def send(self, delivery: str, address: str | None) -> Procedure[None]:
        """
        Ask for the invoice, unless Go is found to be at it already.

        Raises:
            RejectedError: If Go refuses, and is not at it either.
            ApiError: If it was not carried out, or is still in doubt after all attempts.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                yield from ask(sales_orders.send(self.go_id, delivery_type=delivery, email=address))
            except (MissingPrivilegeError, LockedPeriodError):
                raise
            except (RejectedError, WireFormatError, TransportError, ServerError) as error:
                refused = isinstance(error, RejectedError)
                if not error.may_have_happened and not (refused and (attempt > 1 or not self.fresh)):
                    raise
                if (yield from self._is_at_it()):
                    return
                if refused or attempt >= self.desk.attempts:
                    raise
            else:
                return

    def _is_at_it(self) -> Procedure[bool]:
        yield from pause(self.desk.look_up_after, "an invoice may have been asked for, and reads lag")
        state = yield from how_far(self.go_id)
        return state is not None and state != self.before

    def wait(self) -> Procedure[SentState]:
        """
        Ask how far it has come: at once, then after 1, 2 and 4 seconds and every 4 seconds from there.

        Raises:
            InvoiceNotDeliveredError: If Go could not deliver it.
            InvoiceInProgressError: If Go was still at it when patience ended.
        """
        waited, interval = _NOTHING, _FIRST_INTERVAL
        while True:
            state = yield from self._news(waited)
            if state is not None and is_done(state):
                return state
            if state is not None and not is_under_way(state):
                raise self._undelivered(state)
            left = self.desk.patience - waited
            if left <= _NOTHING:
                raise InvoiceInProgressError(self.order_id, waited=waited)
            step = min(interval, left)
            yield from pause(step, "Go is delivering the invoice")
            waited, interval = waited + step, min(2 * interval, _LONGEST_INTERVAL)

    def _news(self, waited: timedelta) -> Procedure[SentState | None]:
        """
        How far it has come; None if that cannot be known yet.

        Go's reads lag: what it said before it was sent again is no news for a while. That Go
        does not answer is none either: the invoice was asked for.
        """
        try:
            state = yield from how_far(self.go_id)
        except (TransportError, ServerError, RateLimitedError, WireFormatError):
            return None
        return None if state == self.before and waited < self.desk.look_up_after else state

    def _undelivered(self, state: SentState) -> InvoiceNotDeliveredError:
        return InvoiceNotDeliveredError(
            self.order_id,
            reason=state.error or "",
            invoice_no=state.invoice_no,
            remedy=_RESEND if state.invoice_no is None else _STANDS,
        )

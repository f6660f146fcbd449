"""Making sure of a write whose answer was lost: it may have been done, and what it made may be billed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pulumi_ehpc.api import Outcome, Wait
from pulumi_ehpc.errors import NetworkError, ServiceError, WaitTimeoutError
from pulumi_ehpc.lifecycle.request import Request

__all__ = ["make_sure"]

_LOOK_SECONDS: Final = 3.0


def make_sure(request: Request, act: Callable[[], object], done: Callable[[], bool]) -> None:
    """Make a call that creates something; when its answer is lost, look whether it was done.

    It is never repeated here: what cannot be seen yet might then be made twice. The next run looks again.

    Args:
        request: The step.
        act: Makes the call.
        done: Looks whether what the call makes is there; it was not before.

    Raises:
        NetworkError: No answer came, and nothing of its doing is to be seen.
        ServiceError: The service failed, and nothing of its doing is to be seen.
    """
    try:
        act()
    except (NetworkError, ServiceError) as error:
        if isinstance(error, NetworkError) and not error.sent:
            raise
        request.say("the answer was lost; looking whether it was done")

        def probe() -> tuple[Outcome, str]:
            return (Outcome.DONE, "done") if done() else (Outcome.PENDING, "not to be seen")

        try:
            request.api.client.wait_until(probe, Wait(request.title, _LOOK_SECONDS))
        except WaitTimeoutError:
            raise error from None

"""Writes whose response was lost: the write may have been done, and what it made may be billed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pulumi_ehpc.api import Outcome, Wait
from pulumi_ehpc.errors import NetworkError, ServiceError, WaitTimeoutError
from pulumi_ehpc.lifecycle.operation import Operation

_LOOK_SECONDS: Final = 3.0


def create_or_find(op: Operation[Any], create: Callable[[], object], exists: Callable[[], bool]) -> None:
    """Make a call that creates something; when its response is lost, look whether it was done.

    It is never repeated here: what cannot be seen yet might then be made twice. The next run looks again.

    Args:
        op: The operation.
        create: Makes the call.
        exists: Looks whether what the call makes is there; it was not before.

    Raises:
        NetworkError: No response came, and nothing the call makes can be seen.
        ServiceError: The service failed, and nothing the call makes can be seen.
    """
    try:
        create()
    except (NetworkError, ServiceError) as error:
        if isinstance(error, NetworkError) and not error.sent:
            raise
        op.progress("the response was lost; looking whether the call was carried out")

        def probe() -> tuple[Outcome, str]:
            return (Outcome.DONE, "done") if exists() else (Outcome.PENDING, "not there")

        try:
            op.api.client.wait_until(probe, Wait(op.title, _LOOK_SECONDS))
        except WaitTimeoutError:
            raise error from None

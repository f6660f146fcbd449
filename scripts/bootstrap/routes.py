"""The error of a route to the Pulumi CLI that does not work."""

from __future__ import annotations

__all__ = ["RouteFailed"]


class RouteFailed(Exception):  # noqa: N818  (reads as an outcome: a route failed)
    """This route does not work here.

    Attributes:
        found: What was tried and what happened.
        remedy: What a person can do about it.
        expected: Whether this is a usual case that needs no message while another route works.
    """

    def __init__(self, found: str, remedy: str, *, expected: bool = False) -> None:
        super().__init__(found)
        self.found = found
        self.remedy = remedy
        self.expected = expected

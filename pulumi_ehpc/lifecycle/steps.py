"""The steps of a noun's life, free of the engine: check, diff, create, read, update, delete.

``provider.py`` adapts them to the engine; another adapter could stand beside it. Values come in and go out as plain
Python, with ``UNKNOWN`` where something is not known yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_ehpc.errors import EhpcError, NotFoundError, Violation
from pulumi_ehpc.lifecycle.check import Inspection, shown
from pulumi_ehpc.lifecycle.diff import Difference, as_declared, compare
from pulumi_ehpc.lifecycle.marks import Filled
from pulumi_ehpc.lifecycle.noun import Noun
from pulumi_ehpc.lifecycle.request import (
    GONE,
    Dialect,
    Found,
    Gone,
    Made,
    PartialFailureError,
    Request,
    change_checks,
    changes_of,
    cross_checks,
    says_gone,
)
from pulumi_ehpc.lifecycle.rows import REPLACE, Kind, Row
from pulumi_ehpc.lifecycle.session import Session
from pulumi_ehpc.lifecycle.unknown import Unknown, has_unknown

__all__ = ["RECORDED", "Steps", "Work"]

RECORDED = ("api_version", "region", "identity")
"""Inputs that check writes at birth and keeps for life."""
FAILED_STATUS = "exception"
"""The state of an object that the service could not build."""
_OLDER = "2018-04-12"


@dataclass(frozen=True)
class Work:
    """What the engine tells about one step, in the handlers' words."""

    urn: str
    name: str
    id: str = ""
    timeout_seconds: float = 0.0
    say: Callable[[str], None] = lambda message: None
    note: Callable[[str], None] = lambda message: None
    cancelled: Callable[[], bool] = lambda: False


class Steps:
    """A noun's steps in one session."""

    def __init__(self, noun: Noun, session: Session) -> None:
        self.noun = noun
        self.session = session

    # -- without network ------------------------------------------------------------------------------------------

    def check(
        self, work: Work, olds: Mapping[str, Any], news: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[Violation]]:
        """Check declared values.

        Args:
            work: The resource.
            olds: Inputs in state; empty for a new resource.
            news: Inputs the program gives.

        Returns:
            The inputs to keep, tidied and with recorded and generated values, and every broken rule.
        """
        recorded = self._recorded(olds, news)
        version = recorded["api_version"]
        dialect = self._dialect(version)
        given = {name: value for name, value in news.items() if name not in RECORDED}
        identity = recorded["identity"]
        who = Filled(work.name, work.urn, None if isinstance(identity, Unknown) else identity)
        given = {**given, **self._generated(olds, given, who)}
        inspection = Inspection(version)
        tidied = inspection.values(self.noun.rows, dialect.MAPS, given)
        inspection.add(cross_checks(dialect, _sound(tidied, inspection.violations, self.noun.rows)))
        if not inspection.violations and olds:
            inspection.add(self._guards(version, olds, tidied))
            inspection.add(change_checks(dialect, olds, tidied))
        inspection.add(self._wrong_region(olds))
        return {**tidied, **recorded}, inspection.violations

    def diff(self, olds: Mapping[str, Any], news: Mapping[str, Any], outputs: Mapping[str, Any]) -> Difference:
        """Compare the inputs in state with those the program gives; see ``compare``.

        An object that ended in ``exception`` is replaced once ``allow_replacement`` consents to it.
        """
        if news.get("allow_replacement") is True and outputs.get("status") == FAILED_STATUS:
            return Difference(replaces=("allow_replacement",), hidden=True)
        dialect = self._dialect(olds.get("api_version") or news.get("api_version"))
        return compare(self.noun.rows, changes_of(dialect), olds, news)

    # -- with network ---------------------------------------------------------------------------------------------

    def create(self, work: Work, inputs: Mapping[str, Any]) -> Made:
        """Create the object.

        Raises:
            PartialFailureError: The cloud accepted it and then something failed.
            EhpcError: Nothing was made.
        """
        request = self._request(work, inputs, {}, {}, "create")
        return self._finish(request, self._dialect_of(inputs).create)

    def update(
        self, work: Work, inputs: Mapping[str, Any], old_inputs: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> Made:
        """Make the object what is declared, after finishing what an interrupted create began.

        Raises:
            PartialFailureError: Something failed; what is known of the object stays in state.
        """
        request = self._request(work, inputs, old_inputs, outputs, "update")
        self.session.require_region(inputs["region"], request.title)
        request.made(work.id, outputs)
        return self._finish(request, self._dialect_of(inputs).update)

    def read(self, work: Work, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | Gone:
        """Look at the object.

        Raises:
            RefusedError: It was looked for in another region or with another account than its own.
        """
        request = self._request(work, inputs, inputs, outputs, "read")
        self.session.require_region(inputs["region"], request.title)
        try:
            found = self._dialect_of(inputs).read(request)
        except NotFoundError as error:
            if not says_gone(error):
                raise
            found = GONE
        if isinstance(found, Gone):
            self.session.require_account(request.api.client, str(outputs.get("account_id") or ""), request.title)
            return found
        kept = {
            name: found.inputs[name] if self._is_map(name) else as_declared(declared, found.inputs[name])
            for name, declared in inputs.items()
            if declared is not None and name in found.inputs
        }
        now = {**inputs, **kept}
        return Found({**outputs, **self._shown(now), **found.outputs}, now)

    def delete(self, work: Work, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
        """Delete the object and wait until it is gone.

        Raises:
            RefusedError: It was looked for in another region or with another account than its own.
        """
        request = self._request(work, inputs, inputs, outputs, "delete")
        self.session.require_region(inputs["region"], request.title)
        try:
            self._dialect_of(inputs).delete(request)
        except NotFoundError as error:
            if not says_gone(error):
                raise
            self.session.require_account(request.api.client, str(outputs.get("account_id") or ""), request.title)

    # -- pieces ---------------------------------------------------------------------------------------------------

    def _is_map(self, name: str) -> bool:
        """Entries of a map are the user's own, so one that is there and not declared is drift."""
        return name in self.noun.rows and self.noun.rows[name].kind is Kind.MAPPING

    def _finish(self, request: Request, act: Callable[[Request], Made]) -> Made:
        try:
            made = act(request)
        except EhpcError as error:
            if request.accepted is None:
                raise
            raise PartialFailureError(self._stamped(request, request.accepted), error) from None
        return self._stamped(request, made)

    def _stamped(self, request: Request, made: Made) -> Made:
        """Add what every noun's outputs have: what was declared, without secrets, and where it lives."""
        account = request.outputs.get("account_id") or _account(request)
        region = request.api.client.settings.region
        stamp = {"api_version": request.api.version, "region": region, "account_id": account}
        return Made(made.id, {**self._shown(request.inputs), **made.outputs, **stamp})

    def _shown(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        rows = self.noun.rows
        return {name: value for name, value in inputs.items() if name in rows and not rows[name].secret}

    def _request(
        self,
        work: Work,
        inputs: Mapping[str, Any],
        olds: Mapping[str, Any],
        outputs: Mapping[str, Any],
        verb: str,
    ) -> Request:
        client = self.session.client(str(inputs.get("region") or ""))
        minutes = self.noun.timeouts.get(verb, self.noun.timeouts["update"])
        return Request(
            noun=self.noun.name,
            name=work.name,
            urn=work.urn,
            id=work.id,
            inputs={name: value for name, value in inputs.items() if value is not None},
            olds=dict(olds),
            outputs=dict(outputs),
            identity=str(inputs.get("identity") or ""),
            api=client.for_version(inputs["api_version"]),
            older=client.for_version(_OLDER),
            timeout_seconds=work.timeout_seconds or minutes * 60.0,
            say=work.say,
            note=work.note,
            cancelled=work.cancelled,
            lock=self.session.locks.of,
        )

    def _dialect_of(self, inputs: Mapping[str, Any]) -> Dialect:
        return self._dialect(inputs["api_version"])

    def _dialect(self, version: Any) -> Dialect:
        return self.noun.dialects[str(version or self.session.settings.api_version)]

    def _recorded(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        settings = self.session.settings
        current = {
            "api_version": settings.api_version,
            "region": settings.client.region,
            "identity": news.get("identity"),
        }
        return {name: olds.get(name) or value for name, value in current.items()}

    def _generated(self, olds: Mapping[str, Any], given: Mapping[str, Any], who: Filled) -> dict[str, Any]:
        """Names that were not given.

        One that cannot change in place is kept, so that it never replaces anything by itself.
        """
        missing = {name: value for name, value in self.noun.fill(given, who).items() if given.get(name) is None}
        return {
            name: (self.noun.rows[name].change is REPLACE and olds.get(name)) or value
            for name, value in missing.items()
        }

    def _guards(self, version: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[Violation]:
        """Refuse a replacement that needs consent and has none; see the noun's ``allow_replacement``."""
        if "allow_replacement" not in self.noun.rows or news.get("allow_replacement"):
            return []
        settled = {name: row for name, row in self.noun.rows.items() if not has_unknown(news.get(name))}
        difference = compare(settled, changes_of(self._dialect(version)), olds, news)
        return [
            Violation(name, shown(news.get(name), secret=settled[name].secret), _consent(self.noun.name, settled[name]))
            for name in difference.replaces
        ]

    def _wrong_region(self, olds: Mapping[str, Any]) -> list[Violation]:
        recorded, current = olds.get("region"), self.session.settings.client.region
        if not recorded or not current or recorded == current:
            return []
        rule = f"this {self.noun.name} lives in {recorded}; put it back: pulumi config set ehpc:region {recorded}"
        return [Violation("ehpc:region", repr(current), rule)]


def _consent(noun: str, row: Row) -> str:
    instead = f"{row.instead}, or " if row.instead else "put the old value back, or "
    return (
        f"cannot change on a living {noun.lower()}: replacing it deletes the {noun.lower()} with its nodes, users, "
        f"queues and jobs; {instead}set allow_replacement=True to replace it all the same"
    )


def _sound(values: Mapping[str, Any], violations: list[Violation], rows: Mapping[str, Row]) -> dict[str, Any]:
    """Leave out what is unknown or broken already: rules over several properties see well-formed values only.

    Unknown secrets stay: rules tell one that is not known yet from one that is missing.
    """
    broken = {re.split(r"[.\[]", violation.property)[0] for violation in violations}
    return {
        name: value
        for name, value in values.items()
        if name not in broken and (rows[name].secret or not isinstance(value, Unknown))
    }


def _account(request: Request) -> str:
    try:
        return request.api.client.account_id() or ""
    except EhpcError:
        # Not worth losing a finished create for; an unknown account is recorded as such.
        return ""

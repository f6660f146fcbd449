"""The adapter to ``pulumi.dynamic``: engine words in, handlers' words out, and no exception that gets away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown as EngineUnknown

from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle import plugin
from pulumi_ehpc.lifecycle.frame import PROVIDER_KEY, Frame, current_frame
from pulumi_ehpc.lifecycle.noun import noun
from pulumi_ehpc.lifecycle.request import Gone, PartialFailureError
from pulumi_ehpc.lifecycle.session import session_for
from pulumi_ehpc.lifecycle.steps import Steps, Work
from pulumi_ehpc.lifecycle.unknown import UNKNOWN, Unknown, replaced

T = TypeVar("T")

__all__ = ["SETTINGS", "Provider", "configured"]

SETTINGS = ("ehpc:region", "ehpc:apiVersion", "ehpc:endpoint", "ehpc:maxQps", "ehpc:concurrency")
"""Stack configuration that the provider process reads. Credentials are never among it."""


class Provider(ResourceProvider):
    """Base of the persisted provider classes.

    An instance is pickled into every state by its class's path alone, so it must have no attributes when a program
    makes it. In the provider process ``configure`` gives it its settings.
    """

    serialize_as_secret_always = False
    noun: ClassVar[str]

    config: dict[str, str]

    def configure(self, req: ConfigureRequest) -> None:
        """Read the stack's settings and make the process ready."""
        self.config = configured(req)

    @property
    def steps(self) -> Steps:
        """The noun's steps.

        Raises:
            EhpcError: A setting is wrong; every operation then fails with it, beginning with check.
        """
        return Steps(noun(self.noun), session_for(self.config))

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """See ``Steps.check``."""

        def act(frame: Frame) -> CheckResult:
            inputs, violations = self.steps.check(_work(frame), _heard(_olds), _heard(news))
            # Without a property's name the engine adds nothing of its own, such as the value of a secret.
            return CheckResult(_told(inputs), [CheckFailure("", str(violation)) for violation in violations])

        return _guarded(act, CheckResult(news, []))

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """See ``Steps.diff``.

        ``changes=None`` lets the engine show each changed path; ``True`` is for what shows in outputs only.
        """

        def act(frame: Frame) -> DiffResult:
            difference = self.steps.diff(_heard(frame.old_inputs), _heard(_news), _heard(_olds))
            changes = None if difference and not difference.hidden else bool(difference)
            return DiffResult(changes, list(difference.replaces), [], delete_before_replace=True)

        return _guarded(act, DiffResult(False, [], []))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """See ``Steps.create``."""

        def act(frame: Frame) -> CreateResult:
            made = self.steps.create(_work(frame), _heard(props))
            return CreateResult(made.id, made.outputs)

        return _guarded(act, CreateResult("", {}))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """See ``Steps.update``."""

        def act(frame: Frame) -> UpdateResult:
            made = self.steps.update(_work(frame, _id), _heard(_news), _heard(frame.old_inputs), _heard(_olds))
            return UpdateResult(made.outputs)

        return _guarded(act, UpdateResult({}))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """See ``Steps.read``."""

        def act(frame: Frame) -> ReadResult:
            found = self.steps.read(_work(frame, id_), _heard(frame.inputs), _heard(props))
            return ReadResult("", {}) if isinstance(found, Gone) else ReadResult(id_, found.outputs, found.inputs)

        return _guarded(act, ReadResult(id_, {}))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """See ``Steps.delete``."""

        def act(frame: Frame) -> None:
            self.steps.delete(_work(frame, _id), _heard(frame.old_inputs), _heard(_props))

        _guarded(act, None)


def configured(req: ConfigureRequest) -> dict[str, str]:
    """Return the settings of a configure request, after making the process ready for work."""
    config = {key: value for key in SETTINGS if (value := req.config.get(key)) is not None}
    try:
        workers = session_for(config).settings.concurrency
    except EhpcError:
        workers = None  # the first check says what is wrong
    plugin.prepare(workers)
    return config


def _guarded(act: Callable[[Frame], T], failed: T) -> T:
    """Run a step; turn errors into answers. ``failed`` is returned beside an error status and ignored."""
    frame = current_frame()
    try:
        return act(frame)
    except PartialFailureError as error:
        frame.fail_partly(error.made.id, error.made.outputs, str(error))
    except EhpcError as error:
        frame.fail(str(error))
    except BaseException as error:
        frame.fail(f"{type(error).__name__} in pulumi-ehpc: {error}. This is a fault of the package; please report it.")
    return failed


def _work(frame: Frame, id: str = "") -> Work:
    return Work(
        urn=frame.urn,
        name=frame.name,
        id=id,
        timeout_seconds=frame.timeout_seconds,
        say=lambda message: plugin.say(frame.urn, message),
        note=lambda message: plugin.say(frame.urn, message, lasting=True),
        cancelled=lambda: plugin.CANCELLED.is_set() or not frame.alive(),
    )


def _heard(values: Mapping[str, Any]) -> dict[str, Any]:
    """Translate the engine's unknowns, and drop what is not a property."""
    kept = {key: value for key, value in values.items() if key != PROVIDER_KEY}
    return {
        key: replaced(value, lambda leaf: UNKNOWN if isinstance(leaf, EngineUnknown) else leaf)
        for key, value in kept.items()
    }


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Translate unknowns back for the engine."""
    return {key: replaced(value, _engine_word) for key, value in values.items()}


def _engine_word(leaf: Any) -> Any:
    return EngineUnknown() if isinstance(leaf, Unknown) else leaf  # type: ignore[no-untyped-call]

"""Defects: an unexpected error leaves a trace without secrets, and the message names the file."""

from __future__ import annotations

import json
import logging
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_ehpc._providers import UserSetProvider
from pulumi_ehpc.engine.defects import describe_defect
from pulumi_ehpc.engine.provider import Provider
from tests.engine.calls import PROVIDER, URN, Context, create_request, serve, struct, update_request

pytestmark = pytest.mark.sdk

SECRETS = ("Canary-old-1", "Canary-new-1", "ssh-ed25519 Canary-key\n", 'Canary-"quoted"', "Canary-é/ß")
OLD: dict[str, Any] = {
    "users": {"alice": "wheel"},
    "passwords": {"alice": SECRETS[0], "bob": SECRETS[3]},
    "auth_keys": {"alice": SECRETS[2]},
}
NEW: dict[str, Any] = {
    "users": {"alice": "users", "bob": "wheel"},
    "passwords": {"alice": SECRETS[1], "bob": SECRETS[3]},
    "auth_keys": {"bob": SECRETS[4]},
    "pasword": SECRETS[1],
}
OUTPUTS = {"created_users": ["alice"], "status": "running"}

METHODS: dict[str, tuple[Any, Callable[[Provider], object]]] = {
    "check": (
        provider_pb2.CheckRequest(
            urn=URN, olds=struct({"__provider": PROVIDER, **OLD}), news=struct({"__provider": PROVIDER, **NEW})
        ),
        lambda provider: provider.check(OLD, NEW),
    ),
    "diff": (
        provider_pb2.DiffRequest(urn=URN, olds=struct(OUTPUTS), news=struct(NEW), old_inputs=struct(OLD)),
        lambda provider: provider.diff("the-id", OUTPUTS, NEW),
    ),
    "create": (create_request(**NEW), lambda provider: provider.create(NEW)),
    "update": (
        update_request(NEW, olds=OUTPUTS, old_inputs=OLD),
        lambda provider: provider.update("the-id", OUTPUTS, NEW),
    ),
    "read": (
        provider_pb2.ReadRequest(urn=URN, properties=struct(OUTPUTS), inputs=struct(OLD)),
        lambda provider: provider.read("the-id", OUTPUTS),
    ),
    "delete": (
        provider_pb2.DeleteRequest(urn=URN, properties=struct(OUTPUTS), old_inputs=struct(OLD)),
        lambda provider: provider.delete("the-id", OUTPUTS),
    ),
}


SECRETS_OF = {
    method: [
        *([] if method == "create" else [SECRETS[0], SECRETS[2]]),
        *([] if method in ("read", "delete") else [SECRETS[1], SECRETS[4]]),
        SECRETS[3],
    ]
    for method in METHODS
}
"""What each request carries, old values too."""


class BrokenLifecycle:
    """Fails with an error that names every secret it was given, as a defect might."""

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def fail(*arguments: Any) -> Any:
            text = "; ".join([str(arguments), *SECRETS, json.dumps(SECRETS)])
            raise LookupError(f"running with {text}") from KeyError(*SECRETS)

        return fail


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """The file that ``EHPC_LOG_FILE`` names, as the plugin process opens it."""
    path = tmp_path / "calls.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    calls = logging.getLogger("pulumi_ehpc.api")
    calls.addHandler(handler)
    yield path
    calls.removeHandler(handler)
    handler.close()


@pytest.mark.parametrize("method", METHODS)
def test_trace_is_left_without_secrets(
    monkeypatch: pytest.MonkeyPatch, state_folder: Path, log_file: Path, method: str
) -> None:
    monkeypatch.setattr(UserSetProvider, "lifecycle", property(lambda _: BrokenLifecycle()))
    request, act = METHODS[method]
    context = Context()
    serve(request, context, lambda: act(UserSetProvider()))
    path = state_folder / "defects.log"
    assert context.details.startswith(f"{method} of UserSet 'work' failed by a defect of pulumi-ehpc: LookupError: ")
    assert context.details.endswith(f"Please report it; its traceback is in {path}.")

    logged = json.loads(log_file.read_text("utf-8"))
    assert (logged["defect"], "time" in logged) == (f"{method} of UserSet 'work'", True)
    for text in (path.read_text("utf-8"), logged["traceback"]):
        assert "Traceback (most recent call last)" in text
        assert "in fail" in text and "KeyError" in text
        assert "running" in text, "what the service reports is no secret"
    for text in (context.details, path.read_text("utf-8"), log_file.read_text("utf-8")):
        for secret in SECRETS_OF[method]:
            for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]):
                assert form not in text


def fail(*arguments: Any) -> BaseException:
    """An error that was raised."""
    try:
        raise ValueError(*arguments)
    except ValueError as error:
        return error


def test_traces_are_added_to_the_file_and_only_the_user_reads_it(state_folder: Path) -> None:
    for where in ("create of Queue 'one'", "read of Queue 'two'"):
        describe_defect(fail("odd"), where=where, secrets=())
    path = state_folder / "defects.log"
    text = path.read_text()
    assert "create of Queue 'one'" in text and "read of Queue 'two'" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(state_folder.stat().st_mode) == 0o700


def test_trace_is_written_although_the_process_shows_none(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "tracebacklimit", 0, raising=False)
    describe_defect(fail("odd"), where="here", secrets=())
    assert "in fail" in (state_folder / "defects.log").read_text()


def test_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
    message = describe_defect(fail("odd"), where="create of Queue 'work'", secrets=())
    assert message == (
        "create of Queue 'work' failed by a defect of pulumi-ehpc: ValueError: odd. Please report it; its traceback "
        f"could not be written to {blocked}/pulumi-ehpc/defects.log (Not a directory)."
    )


def test_file_that_cannot_be_written_is_named(state_folder: Path) -> None:
    (state_folder / "defects.log").mkdir(parents=True)
    message = describe_defect(fail("odd"), where="here", secrets=())
    assert "could not be written to" in message and "(Is a directory)" in message


class UnreadableError(Exception):
    """Has no message that can be had."""

    def __str__(self) -> str:
        raise RuntimeError("no message")


@pytest.mark.parametrize("error", [fail("lone \udc80 surrogate"), UnreadableError(), fail(), SystemExit(3)])
def test_every_error_can_be_described(state_folder: Path, error: BaseException) -> None:
    message = describe_defect(error, where="here", secrets=())
    assert type(error).__name__ in message
    message.encode()
    assert (state_folder / "defects.log").exists()


@pytest.mark.parametrize(
    ("secrets", "shown"),
    [
        ((), "ab abc secret"),
        (("",), "ab abc secret"),
        (("ab", "abc"), "[secret] [secret] secret"),
        (("abc", "se"), "ab [secret] [secret]cret"),
        (("x y/ä",), "ab abc secret"),
    ],
)
@pytest.mark.usefixtures("state_folder")
def test_each_secret_is_masked_once(secrets: tuple[str, ...], shown: str) -> None:
    assert f"ValueError: {shown}. Please" in describe_defect(fail("ab abc secret"), where="x", secrets=secrets)


@pytest.mark.parametrize("form", ["x y/ä", "x%20y%2F%C3%A4", "x+y%2F%C3%A4", "x y/\\u00e4"])
@pytest.mark.usefixtures("state_folder")
def test_secret_is_masked_in_every_form(form: str) -> None:
    message = describe_defect(fail(f"GET /?Password={form}"), where="x", secrets=("x y/ä",))
    assert "Password=[secret]." in message

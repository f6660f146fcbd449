"""Defects of this package: an unexpected error leaves its traceback in a file, and the message names the file.

The engine shows a message only, and the plugin process ends with the run. Without a trace nobody could find the cause.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Collection
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

from platformdirs import user_state_path

from pulumi_ehpc.api.spec.redaction import masked

_MAX_FRAMES: Final = 50
_log: Final = logging.getLogger("pulumi_ehpc.api")


def describe_defect(error: BaseException, *, where: str, secrets: Collection[str]) -> str:
    """Write an unexpected error to the log files and return the message for the user.

    Args:
        error: The error.
        where: The operation, such as ``create of Queue 'work'``.
        secrets: Values that appear neither in the files nor in the message.
    """
    # The plugin process switches tracebacks off for the engine's output; here the limit says otherwise.
    trace = _text(traceback.format_exception(type(error), error, error.__traceback__, limit=_MAX_FRAMES), secrets)
    time = datetime.now(timezone.utc).isoformat(timespec="seconds")
    _log.error("%s", json.dumps({"defect": where, "time": time, "traceback": trace}))
    path = user_state_path("pulumi-ehpc") / "defects.log"
    try:
        _write(path, f"{time} {where}\n{trace}\n")
    except OSError as failure:
        there = f"its traceback could not be written to {path} ({failure.strerror})"
    else:
        there = f"its traceback is in {path}"
    what = _text(traceback.format_exception_only(type(error), error), secrets).strip()
    return f"{where} failed by a defect of pulumi-ehpc: {what}. Please report it; {there}."


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
        file.write(text)


def _text(lines: list[str], secrets: Collection[str]) -> str:
    """Join lines to a text without secrets that can be written everywhere."""
    return masked("".join(lines), secrets).encode("utf-8", "backslashreplace").decode()

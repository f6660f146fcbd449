"""What the verbs ask the Pulumi CLI: settings and state of a stack. Secrets stay encrypted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from subprocess import DEVNULL
from typing import Any, Final

from pulumi_ehpc.errors import ConfigurationError

TIMEOUT_SECONDS: Final = 15
_EXPORT_SECONDS: Final = 120
_SELECT: Final = (
    "Run this in the folder of the project with a stack selected (`pulumi stack select`), name the stack with --stack, "
    "or give an export of it with --state."
)


def stack_config(stack: str = "") -> dict[str, str]:
    """Return the settings of a stack that are not secret; empty without a project or stack.

    Args:
        stack: Name of the stack; empty for the one that is selected.
    """
    pulumi = shutil.which("pulumi")
    output = run_command([pulumi, "config", "--json", "--non-interactive", *_option(stack)]) if pulumi else None
    config = json.loads(output) if output else {}
    return {key: entry["value"] for key, entry in config.items() if "value" in entry}


def export_stack(stack: str = "") -> Any:
    """Return the state of a stack, with its secrets encrypted.

    Args:
        stack: Name of the stack; empty for the one that is selected.

    Raises:
        ConfigurationError: There is no stack, or it cannot be read.
    """
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise ConfigurationError("The Pulumi CLI is not on PATH.", next_step="`ehpc doctor` says how to get it.")
    command = [pulumi, "stack", "export", "--non-interactive", *_option(stack)]
    try:
        done = subprocess.run(
            command, env=_environ(), stdin=DEVNULL, capture_output=True, text=True, timeout=_EXPORT_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigurationError(f"The Pulumi CLI does not run: {error}.", next_step="Try `ehpc doctor`.") from None
    if done.returncode:
        said = " ".join(done.stderr.removeprefix("error:").split()).rstrip(".")
        raise ConfigurationError(f"The state of the stack could not be read: {said}.", next_step=_SELECT)
    return json.loads(done.stdout)


def run_command(command: Sequence[str]) -> str | None:
    """Run a command and return its stripped output; None when it cannot be run or fails."""
    try:
        output = subprocess.check_output(
            command, env=_environ(), stdin=DEVNULL, stderr=DEVNULL, text=True, timeout=TIMEOUT_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return output.strip()


def _option(stack: str) -> list[str]:
    return ["--stack", stack] if stack else []


def _environ() -> dict[str, str]:
    return {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}

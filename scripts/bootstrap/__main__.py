"""Verbs: ``setup`` sets everything up; ``env`` also prints shell exports; ``run`` also runs a command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .console import SetupError, say
from .environment import Environment
from .pulumi_cli import find, routes
from .shell import exports, variables

ROOT = Path(__file__).resolve().parents[2]
USAGE = "usage: scripts/bootstrap.sh setup | env | run COMMAND [ARGUMENT ...]"


def main(arguments: list[str]) -> int:
    """Run one verb and return the exit status."""
    match arguments:
        case ["setup"]:
            values = set_up()
            say(f'Ready. For a shell with everything on PATH:  eval "$(make -s env)"\n  PATH={values["PATH"]}')
        case ["env"]:
            sys.stdout.write(exports(set_up()))
        case ["run", program, *rest]:
            environ = {**os.environ, **set_up()}
            os.execvpe(program, [program, *rest], environ)
        case _:
            say(USAGE)
            return 2
    return 0


def set_up() -> dict[str, str]:
    """Set up the environment and the CLI, and return the variables that lead to them."""
    environment = Environment.of_checkout(ROOT)
    environment.ensure()
    pulumi_bin = find(routes(os.environ))
    return variables(environment.folder, pulumi_bin, os.environ.get("PATH", os.defpath))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)

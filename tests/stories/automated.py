"""Run ``pulumi up`` through the Automation API with the project's program inline; print what it reports."""

import runpy
import sys

from pulumi import automation


def program() -> None:
    runpy.run_path("__main__.py")


options = automation.LocalWorkspaceOptions(work_dir=".")
stack = automation.select_stack("dev", "workbench", program, opts=options)
try:
    stack.up()
except automation.CommandError as error:
    sys.exit(str(error))

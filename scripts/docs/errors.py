"""The page of errors: the tree, and for each class what it means, its codes and the next step."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pulumi_ehpc import errors as declared
from pulumi_ehpc.api import spec
from pulumi_ehpc.errors import EhpcError
from scripts.docs.markdown import listed, prose, table

__all__ = ["NEXT_STEPS", "classes", "page"]

NEXT_STEPS = {
    "EhpcError": "Read the message; the classes below say more.",
    "ConfigurationError": "Set what the message names, with `pulumi config set` or in the environment. `ehpc doctor` "
    "checks all settings.",
    "InputError": "Correct the properties that the message lists. It lists all of them.",
    "RefusedError": "The message says what to do, such as to set `adopt_existing=True` or `allow_replacement=True`, "
    "or to choose the right region or account.",
    "NetworkError": "Check the network and `ehpc:endpoint` with `ehpc doctor`, then run `pulumi up` again. If the call "
    "may have reached the service, the next run looks for its effect before it repeats the call.",
    "ApiError": "Look up the code on this page. Quote the request id in support tickets.",
    "WaitError": "Look at the object's state in the console, then run `pulumi up` again.",
    "WaitFailedError": "The message says how to delete or replace the object, and why it failed if the service reports "
    "a reason.",
    "WaitTimeoutError": "Run `pulumi up` again: it continues to wait. The resource option `custom_timeouts` allows "
    "more time.",
    "WaitCancelledError": "Run `pulumi up` again: it finishes what the cancelled run began.",
}
"""Next steps of the classes that no error code stands for."""
_FILLED_IN = {"clock_skew": "ahead of or behind"}
"""Words for the parts of an advice that a response fills in."""
_INTRODUCTION = """\
# Errors

Every error of this package is an `EhpcError`. A message says what failed, with the service's error code, HTTP status
and request id, and what to do next. It never contains a password or key.

An unexpected error is a defect of this package. Its traceback, without secrets, is written to `defects.log` in the
user's state folder and to the file that `EHPC_LOG_FILE` names. The message names the file; please report it.

Whatever fails after the service has accepted an object, the object's id stays in state, and the next `pulumi up`
continues. If the response to `CreateCluster` cannot be read, the cluster is looked for by its ownership marker.

If a cluster was deleted by other means, an update of it, and of anything in it, says that it does not exist any more.
`pulumi up --refresh` takes it out of state and creates what is declared again."""
_CODES = """\
## Codes

The error code decides the class. If `OrderError.NoCard` is not listed, `OrderError` decides. If no part of the code is
listed, the HTTP status decides:"""


def classes() -> dict[str, type[EhpcError]]:
    """The error classes, in the order of the tree."""
    return {kind.__name__: kind for kind, _ in _walk(EhpcError)}


def page() -> str:
    """Write the page."""
    parts = [_INTRODUCTION, f"```text\n{_tree()}\n```"]
    for name, kind in classes().items():
        parts.extend([f"## {name}", prose(inspect.getdoc(kind) or ""), f"**Next step.** {_next_step(name)}"])
        parts.extend(_codes(name))
    statuses = ([status, f"[`{name}`](#{name.lower()})"] for status, name in _failures()["statuses"].items())
    return "\n\n".join([*parts, _CODES, table(["HTTP status", "class"], statuses)])


def _walk(kind: type[EhpcError], before: str = "") -> Iterator[tuple[type[EhpcError], str]]:
    """Yield a class and those below it, with the branches that are drawn before each."""
    yield kind, before
    trunk = before.replace("├── ", "│   ").replace("└── ", "    ")
    below = [child for child in kind.__subclasses__() if child.__module__ == declared.__name__]
    for child in below:
        yield from _walk(child, trunk + ("└── " if child is below[-1] else "├── "))


def _tree() -> str:
    drawn = [(f"{before}{kind.__name__}", kind) for kind, before in _walk(EhpcError)]
    width = max(len(line) for line, _ in drawn) + 2
    return "\n".join(f"{line:{width}}{prose(inspect.getdoc(kind) or '').splitlines()[0]}" for line, kind in drawn)


def _next_step(name: str) -> str:
    steps = spec.next_steps()
    return prose(steps[name]) if name in steps else NEXT_STEPS[name]


def _codes(name: str) -> Iterator[str]:
    own = {code: http for code, http in _known_codes().items() if spec.failure_of(code, http or 0) == name}
    usual = spec.next_steps().get(name, "")
    advised = {code: said for code in own if (said := spec.next_step_of(code, own[code] or 0)) != usual}
    if advised:
        yield table(["code", "HTTP", "next step"], _advice(own, advised))
    others = [f"`{code}`" for code in own if code not in advised]
    if others:
        yield f"{'Also' if advised else 'Codes'}: {listed(others, 'and')}."


def _advice(codes: Mapping[str, int | None], advised: Mapping[str, str]) -> Iterator[list[str]]:
    """Rows of codes, those with the same status and advice together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for code, said in advised.items():
        alike.setdefault((str(codes[code] or ""), prose(said.format_map(_FILLED_IN))), []).append(f"`{code}`")
    for (http, said), same in alike.items():
        yield [", ".join(same), http, said]


@cache
def _known_codes() -> dict[str, int | None]:
    """Documented codes with their HTTP status, and those that only the advice and the classes name."""
    named = [*_failures()["advice"], *(code for kind in _failures()["kinds"].values() for code in kind["codes"])]
    return dict(sorted({**dict.fromkeys(named), **spec.error_codes()}.items()))


@cache
def _failures() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("pulumi_ehpc.api.spec") / "failures.json").read_text("utf-8"))
    return found

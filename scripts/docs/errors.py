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
    "InputError": "Correct the properties that the message lists; it has all of them.",
    "RefusedError": "Read the message: it names the guard and the way out, such as `adopt_existing=True`, "
    "`allow_replacement=True` or the right region or account.",
    "NetworkError": "Check the network and `ehpc:endpoint` with `ehpc doctor`, then run `pulumi up` again. A change "
    "that may have reached the service is looked for before it is made again.",
    "ApiError": "Look for the code below; quote the request id to support.",
    "WaitError": "Look at the object's state in the console, then run `pulumi up` again.",
    "WaitFailedError": "The message says why, as far as the service tells, and how to delete or replace the object.",
    "WaitTimeoutError": "Run `pulumi up` again: it goes on waiting for what was begun. `custom_timeouts` allows more "
    "time.",
    "WaitCancelledError": "Run `pulumi up` again: it finishes what was begun.",
}
"""Next steps of the classes that no error code stands for."""
_FILLED_IN = {"clock_skew": "ahead of or behind"}
"""What stands for the parts of an advice that an answer fills in."""
_INTRODUCTION = """\
# Errors

Every error of this package is an `EhpcError`. A run shows one as: what failed, the service's code, HTTP status and
request id, and what to do next. There are no tracebacks, and never a password or key."""
_CODES = """\
## Codes

A code decides the class, whole or by its leading parts: `OrderError.NoCard`, then `OrderError`. A code that is not
listed is sorted by its HTTP status:"""


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
    kinds = spec.failure_kinds()
    return prose(kinds[name].next_step) if name in kinds else NEXT_STEPS[name]


def _codes(name: str) -> Iterator[str]:
    kinds = spec.failure_kinds()
    own = {code: http for code, http in _known_codes().items() if spec.failure_of(code, http or 0) == name}
    usual = kinds[name].next_step if name in kinds else ""
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
    documented: dict[str, int | None] = {code: entry.http for code, entry in spec.error_codes().items()}
    return dict(sorted({**dict.fromkeys(named), **documented}.items()))


@cache
def _failures() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("pulumi_ehpc.api.spec") / "failures.json").read_text("utf-8"))
    return found

"""The fake's error responses. Codes, statuses and messages are data; they are only looked up here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from pulumi_ehpc.api import spec

__all__ = ["ErrorTemplate", "ResponseError", "error_templates", "invalid"]

_FILES: Final = ("gateway-errors.json", "service-errors.json")


@dataclass(frozen=True)
class ErrorTemplate:
    """One code the fake can return.

    Attributes:
        code: The code; ``{parameter}`` in it is filled in, as the gateway does in ``MissingClusterId``.
        http: HTTP status.
        message: Message with ``{placeholders}``.
        provenance: ``documented`` or ``assumed``, and where it is from.
    """

    code: str
    http: int
    message: str
    provenance: str


@cache
def error_templates() -> Mapping[str, ErrorTemplate]:
    """Return every error the fake can return, by code.

    Codes of the service keep the status of the shared catalogue; ``service-errors.json`` gives one only where the
    catalogue knows none.
    """
    found = {}
    for name in _FILES:
        for code, entry in json.loads(files(__package__).joinpath(name).read_text("utf-8")).items():
            http = spec.error_codes().get(code) or entry["http"]
            found[code] = ErrorTemplate(code, http, entry["message"], entry["provenance"])
    return MappingProxyType(found)


class ResponseError(Exception):
    """An error response of the fake.

    Args:
        code: A code of ``error_templates()``.
        detail: A sentence added to the message: what was wrong, and never a secret.
        values: Values for the template's placeholders.
    """

    def __init__(self, code: str, detail: str = "", **values: str) -> None:
        template = error_templates()[code]
        self.code = template.code.format(**values)
        self.http = template.http
        self.message = f"{template.message.format(**values)} {detail}".strip()
        super().__init__(f"{self.code}: {self.message}")


def invalid(parameter: str, detail: str = "") -> ResponseError:
    """Make the service's error for a parameter it does not accept: InvalidParams."""
    return ResponseError("InvalidParams", detail, parameter=parameter)

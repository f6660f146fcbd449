"""The regions E-HPC is offered in: those of the SDK's endpoint list, with their names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["region_code", "regions"]


@cache
def regions() -> Mapping[str, Mapping[str, str]]:
    """Names by language, and the short code that cluster ids carry, by region id."""
    found: Mapping[str, Mapping[str, str]] = json.loads(files(__package__).joinpath("regions.json").read_text("utf-8"))
    return found


def region_code(region_id: str) -> str:
    """The short code of a region in cluster ids, ``hz`` for ``cn-hangzhou``; ``xx`` for a made-up region."""
    return regions().get(region_id, {}).get("code", "xx")

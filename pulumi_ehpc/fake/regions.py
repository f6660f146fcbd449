"""The regions where E-HPC is offered: those of the SDK's endpoint list, with their names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["region_code", "regions"]


@cache
def regions() -> Mapping[str, Mapping[str, str]]:
    """Return each region's names by language and its short code in cluster ids, by region id."""
    found: Mapping[str, Mapping[str, str]] = json.loads(files(__package__).joinpath("regions.json").read_text("utf-8"))
    return found


def region_code(region_id: str) -> str:
    """Return a region's short code in cluster ids: ``hz`` for ``cn-hangzhou``, ``xx`` for an unknown region."""
    return regions().get(region_id, {}).get("code", "xx")

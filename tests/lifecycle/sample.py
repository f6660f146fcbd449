"""A sample noun's rows and blocks, with every kind of row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import Input

from pulumi_ehpc.lifecycle.rows import (
    IGNORE,
    REPLACE,
    Args,
    Declared,
    choice,
    flag,
    integer,
    many,
    mapping,
    number,
    one,
    text,
    texts,
)


class DiskArgs(Args):
    """A block within a block."""

    category: Input[str] | None = choice("cloud_ssd", "cloud_essd", default=None)
    size_gib: Input[int] | None = integer(default=None, limits=(20, 2048))


class PartArgs(Args):
    """A block."""

    name: Input[str] = text()
    key: Input[str] | None = text(default=None, secret=True)
    disk: Input[DiskArgs | Mapping[str, Any]] | None = one(DiskArgs, default=None)


class Base(Declared):
    """Rows of a base class come first."""

    title: Any = text(length=(2, 5), pattern=r"[a-z]+", pattern_words="must be small letters")


class Sample(Base):
    """A row of every kind."""

    word: Any = choice("post_paid", "pre_paid", default=None)
    count: Any = integer(default=3, limits=(0, 10), change=REPLACE, instead="declare another one")
    price: Any = number(default=None, limits=(0, 1.5))
    enabled: Any = flag(default=None)
    places: Any = texts(default=None, items=(1, 2))
    labels: Any = mapping(default=None, items=(0, 2))
    secrets: Any = mapping(default=None, secret=True)
    password: Any = text(default=None, secret=True, length=(8, 30))
    part: Any = one(PartArgs, default=None)
    parts: Any = many(PartArgs, default=None, items=(0, 2))
    consent: Any = flag(default=None, change=IGNORE)

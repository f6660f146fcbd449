"""The texts of properties: the string below each one, for ``help`` and the reference."""

from __future__ import annotations

import inspect
from typing import Any

import pulumi_ehpc as ehpc
from pulumi_ehpc.schema.descriptors import property_texts
from pulumi_ehpc.schema.properties import Args
from tests.schema.sample import BaseProperties, SampleProperties


def test_text_is_the_string_below_the_property() -> None:
    texts = property_texts(SampleProperties)
    assert texts["word"] == "One of two words."
    assert texts["status"] == "State, as the service reports it."
    assert "price" not in texts
    assert "title" not in texts, "a base class has its own"


def test_text_of_several_lines_is_cleaned() -> None:
    assert property_texts(SampleProperties)["count"] == "A number of things.\n\nIt has a default."


def test_property_is_documented_by_its_text() -> None:
    assert inspect.getdoc(BaseProperties.title) == "Title."
    assert inspect.getdoc(SampleProperties.title) == "Title."
    assert inspect.getdoc(SampleProperties.status) == "State, as the service reports it."
    assert inspect.getdoc(SampleProperties.price) == ""


def test_classes_of_properties_keep_their_own_docstrings() -> None:
    assert type(SampleProperties.places).__doc__ == "A list of strings."


def test_class_without_source_has_no_texts() -> None:
    made: dict[str, Any] = {"Args": Args}
    exec("class Typed(Args):\n    x = 1\n    'Text.'", made)
    assert property_texts(made["Typed"]) == {}


def test_class_within_a_function_has_texts() -> None:
    class LocalArgs(Args):
        """Of this function only."""

        first = ehpc.DataDiskArgs
        """Text
        of two lines."""

    assert property_texts(LocalArgs) == {"first": "Text\nof two lines."}

"""Signatures of constructors, which editors and ``help`` show."""

from __future__ import annotations

import inspect
from inspect import Parameter

import pytest

from tests.schema.sample import MemberArgs, SampleProperties, TeamProperties

PARAMETERS = inspect.signature(SampleProperties).parameters


def test_properties_are_keyword_arguments_in_their_order() -> None:
    assert list(PARAMETERS) == list(SampleProperties.properties())
    assert {each.kind for each in PARAMETERS.values()} == {Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize(
    ("name", "annotation", "default"),
    [
        ("title", "Input[str]", Parameter.empty),
        ("word", "Input[str] | None", None),
        ("count", "Input[int]", 3),
        ("price", "Input[float] | None", None),
        ("enabled", "Input[bool] | None", None),
        ("places", "Input[Sequence[Input[str]]] | None", None),
        ("labels", "Input[Mapping[str, Input[str]]] | None", None),
        ("part", "Input[PartArgs] | None", None),
        ("parts", "Input[Sequence[PartArgs]] | None", None),
    ],
)
def test_argument_says_what_it_takes(name: str, annotation: str, default: object) -> None:
    assert (PARAMETERS[name].annotation, PARAMETERS[name].default) == (annotation, default)


def test_keyed_list_takes_a_list() -> None:
    (members,) = inspect.signature(TeamProperties).parameters.values()
    assert (members.annotation, members.default) == ("Input[Sequence[MemberArgs]]", Parameter.empty)


def test_nested_objects_have_signatures() -> None:
    shown = str(inspect.signature(MemberArgs))
    assert shown == "(*, name: 'Input[str]', role: 'Input[str]' = 'reader', token: 'Input[str] | None' = None)"

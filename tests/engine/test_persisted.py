"""Persisted provider classes: found by the resource type they serve, pickled by their path alone."""

from __future__ import annotations

import pickle

import pytest

from pulumi_ehpc import _providers
from pulumi_ehpc.engine.identity import IDENTITY
from pulumi_ehpc.engine.persisted import PersistedProvider, provider_for
from pulumi_ehpc.registry import RESOURCE_TYPES

pytestmark = pytest.mark.sdk

SERVED = [IDENTITY, *(each.name for each in RESOURCE_TYPES)]


@pytest.mark.parametrize("served", SERVED)
def test_provider_stands_where_state_looks_for_it(served: str) -> None:
    provider = provider_for(served)
    assert type(provider) is getattr(_providers, f"{served}Provider")
    assert type(provider).__module__ == "pulumi_ehpc._providers"


@pytest.mark.parametrize("served", SERVED)
def test_provider_is_pickled_without_attributes(served: str) -> None:
    provider = provider_for(served)
    assert vars(provider) == {}
    assert provider.serialize_as_secret_always is False
    assert type(pickle.loads(pickle.dumps(provider))) is type(provider)


def test_every_resource_type_is_served() -> None:
    assert sorted(_providers.__all__) == sorted(f"{served}Provider" for served in SERVED)


def test_base_class_serves_nothing() -> None:
    class Base(PersistedProvider):
        """Serves no resource type."""

    with pytest.raises(KeyError):
        provider_for("Base")

"""The session of a provider process: one client for a region, one lock for a cluster."""

from __future__ import annotations

import threading

import pytest

from pulumi_ehpc.errors import ConfigurationError, InputError
from pulumi_ehpc.lifecycle.request import Locks
from pulumi_ehpc.lifecycle.session import Session, session_for

SETTINGS = {"ehpc:region": "cn-hangzhou", "ehpc:endpoint": "http://127.0.0.1:9"}


def test_configuration_has_one_session() -> None:
    assert session_for(SETTINGS) is session_for(dict(reversed(SETTINGS.items())))
    assert session_for(SETTINGS) is not session_for({**SETTINGS, "ehpc:region": "cn-beijing"})


def test_wrong_settings_are_all_told() -> None:
    with pytest.raises(InputError) as caught:
        Session({"ehpc:region": "Hangzhou!", "ehpc:apiVersion": "2020-01-01"}, {})
    assert {violation.property for violation in caught.value.violations} == {"ehpc:region", "ehpc:apiVersion"}


def test_client_is_made_once_for_a_region() -> None:
    session = Session(SETTINGS, {})
    assert session.client("") is session.client("cn-hangzhou")


def test_region_that_is_not_set_is_the_recorded_one() -> None:
    session = Session({"ehpc:endpoint": "http://127.0.0.1:9"}, {})
    assert session.client("cn-beijing").settings.region == "cn-beijing"
    assert session.client("").settings.region == "", "an endpoint is enough"
    session = Session({}, {})
    with pytest.raises(ConfigurationError, match="No region is set"):
        session.client("")


def test_cluster_has_one_lock_that_its_holder_may_take_again() -> None:
    locks, taken = Locks(), threading.Event()

    def take() -> None:
        with locks.of("ehpc-1"):
            taken.set()

    other = threading.Thread(target=take)
    with locks.of("ehpc-1"), locks.of("ehpc-1"), locks.of("ehpc-2"):
        other.start()
        assert not taken.wait(0.05)
    other.join()
    assert taken.is_set()

"""Handlers of one object with a natural key: adoption, lost responses, and what update and delete do with it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pulumi_ehpc.errors import NetworkError, RefusedError, ServiceError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from tests.lifecycle.bench import Bench
from tests.lifecycle.sample import NEW

ITEM: dict[str, Any] = {"cluster": "ehpc-1", "size": 5}


def fault() -> ServiceError:
    return ServiceError("Out of order.", code="X", http_status=500, request_id="R", action="X", version=NEW)


# -- create --------------------------------------------------------------------------------------------------------


def test_missing_object_is_created_and_finished(bench: Bench) -> None:
    work = bench.create(**ITEM)
    assert bench.service.actions == ["find", "create", "finish"]
    assert (work.id, work.outputs["created"]) == ("ehpc-1:work", True)


def test_lost_response_is_looked_into(bench: Bench) -> None:
    bench.service.lose_response_of("create")
    work = bench.create(**ITEM)
    assert bench.service.actions == ["find", "create", "find", "finish"]
    assert work.outputs["created"] is True


def test_call_whose_effect_cannot_be_seen_leaves_nothing_in_state(bench: Bench) -> None:
    bench.service.failing["create"] = NetworkError("Lost.", endpoint="http://127.0.0.1:9", sent=True)
    with pytest.raises(NetworkError) as caught:
        bench.create(**ITEM)
    assert not isinstance(caught.value, PartialFailureError)
    assert bench.service.actions.count("create") == 1


def test_object_is_in_state_before_what_follows_the_creating_call(bench: Bench) -> None:
    bench.service.failing["finish"] = fault()
    state, _ = bench.partial_failure(lambda: bench.create(**ITEM))
    assert (state.id, state.outputs["created"]) == ("ehpc-1:work", True)


def test_operations_on_one_cluster_wait_for_each_other(bench: Bench) -> None:
    other = threading.Thread(target=lambda: bench.create("Item", "other", **ITEM))
    with bench.session.lock("ehpc-1"):
        other.start()
        other.join(0.1)
        assert bench.service.calls == []
    other.join()
    assert "other" in bench.service.items


# -- adoption ------------------------------------------------------------------------------------------------------


def test_object_as_declared_is_used_and_not_owned(bench: Bench) -> None:
    bench.service.items["work"] = {"size": 5, "zone": "service default"}
    work = bench.create(**ITEM)
    assert work.outputs["created"] is False
    assert "create" not in bench.service.actions
    assert bench.log == ["item work exists already as declared: it is used, and will be left in place at delete"]


def test_object_that_differs_is_refused(bench: Bench) -> None:
    bench.service.items["work"] = {"size": 7, "zone": "b"}
    with pytest.raises(RefusedError) as caught:
        bench.create(**ITEM, zone="a")
    assert "Item 'work': item work exists already and differs" in str(caught.value)
    assert "size is 7 and not 5, zone is 'b' and not 'a'" in str(caught.value)
    assert "adopt_existing=True" in str(caught.value)
    assert set(bench.service.actions) == {"find"}


def test_object_that_differs_is_adopted_with_consent(bench: Bench) -> None:
    bench.service.items["work"] = {"size": 7}
    work = bench.create(**ITEM, adopt_existing=True)
    assert work.outputs["created"] is True
    assert bench.service.actions == ["find", "update"]
    assert bench.service.items["work"]["size"] == 5
    assert bench.log == ["item work exists already and is adopted (adopt_existing)"]


def test_object_that_can_be_nobody_s_is_refused_even_with_consent(bench: Bench) -> None:
    bench.service.items["work"] = {"size": 5, "zone": "forbidden"}
    with pytest.raises(RefusedError, match="can be nobody's"):
        bench.create(**ITEM, adopt_existing=True)


def test_adopted_object_is_in_state_before_it_is_changed(bench: Bench) -> None:
    bench.service.items["work"] = {"size": 7}
    bench.service.failing["update"] = fault()
    state, _ = bench.partial_failure(lambda: bench.create(**ITEM, adopt_existing=True))
    assert (state.id, state.outputs["created"]) == ("ehpc-1:work", True)


# -- update --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("created", [True, False])
def test_update_keeps_whose_the_object_is(bench: Bench, created: bool) -> None:
    work = bench.create(**ITEM)
    work.outputs["created"] = created
    updated = bench.update(work, size=6)
    assert (updated.id, updated.outputs["created"]) == (work.id, created)
    assert bench.service.items["work"]["size"] == 6


def test_vanished_object_is_created_again(bench: Bench) -> None:
    work = bench.create(**ITEM)
    bench.service.items.clear()
    bench.service.calls.clear()
    updated = bench.update(work, size=6)
    assert bench.service.actions == ["find", "find", "create", "finish"]
    assert (updated.outputs["created"], bench.service.items["work"]["size"]) == (True, 6)


# -- delete --------------------------------------------------------------------------------------------------------


def test_object_is_deleted(bench: Bench) -> None:
    bench.delete(bench.create(**ITEM))
    assert bench.service.items == {}


def test_object_that_was_there_before_is_left_in_place(bench: Bench) -> None:
    bench.service.items["work"] = {"size": 5}
    work = bench.create(**ITEM)
    bench.service.calls.clear()
    bench.delete(work)
    assert (list(bench.service.items), bench.service.calls) == (["work"], [])
    assert bench.log[-1] == "item work was there before this program and is left in place"


def test_object_that_was_there_before_is_deleted_once_it_is_adopted(bench: Bench) -> None:
    bench.service.items["work"] = {"size": 5}
    work = bench.update(bench.create(**ITEM), adopt_existing=True)
    bench.delete(work)
    assert bench.service.items == {}

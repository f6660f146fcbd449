"""Handlers of one object with a natural key: what exists already, lost responses, update and delete."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pulumi_ehpc.errors import NetworkError, RefusedError, ServiceError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from tests.lifecycle.bench import Bench, Living
from tests.lifecycle.conftest import NewBench
from tests.lifecycle.sample import NEW, OLD

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
    with bench.operation(**ITEM).lock("ehpc-1"):
        other.start()
        other.join(0.1)
        assert bench.service.calls == []
    other.join()
    assert "other" in bench.service.items


# -- an object that exists already -----------------------------------------------------------------------------------


@pytest.fixture
def own(bench: Bench) -> Bench:
    """A bench whose cluster is one that the stack creates."""
    bench.session.program.own_cluster(bench.urn("Cluster", "hpc"), "ehpc-1")
    return bench


@pytest.mark.parametrize("existing", [{"size": 5}, {"size": 7, "labels": {"a": "b"}}])
def test_object_on_a_cluster_of_the_stack_is_taken_and_made_as_declared(own: Bench, existing: dict[str, Any]) -> None:
    own.service.items["work"] = existing
    work = own.create(**ITEM)
    assert work.outputs["created"] is True
    assert own.service.actions == ["find", "update"]
    assert own.service.items["work"] == {"size": 5}
    assert own.log == ["item work exists already: it is this resource's from now on"]
    own.delete(work)
    assert own.service.items == {}


def test_object_that_differs_in_what_cannot_change_in_place_is_refused(own: Bench) -> None:
    own.service.items["work"] = {"size": 7, "prefix": "old-"}
    with pytest.raises(RefusedError) as caught:
        own.create(**ITEM, prefix="new-")
    assert (
        "Item 'work': item work exists already and differs in what cannot change in place: "
        "prefix is 'old-' and not 'new-'. It was left as it is."
    ) in str(caught.value)
    assert "size" not in str(caught.value)
    assert set(own.service.actions) == {"find"}


def test_what_changes_in_place_in_this_version_is_no_reason_to_refuse(own: Bench, new_bench: NewBench) -> None:
    own.service.items["work"] = {"zone": "b"}
    own.create(**ITEM, zone="a")
    assert own.service.items["work"]["zone"] == "a"
    older = new_bench(own, version=OLD)
    older.session.program.own_cluster(older.urn("Cluster", "hpc"), "ehpc-1")
    older.service.items["work"] = {"zone": "b"}
    with pytest.raises(RefusedError, match="zone is 'b' and not 'a'"):
        older.create(**ITEM, zone="a")


@pytest.mark.parametrize("existing", [{"size": 5}, {"size": 7}])
def test_object_on_any_other_cluster_is_refused(bench: Bench, existing: dict[str, Any]) -> None:
    bench.service.items["work"] = existing
    with pytest.raises(RefusedError) as caught:
        bench.create(**ITEM)
    assert "Item 'work': item work exists already on cluster ehpc-1, which this stack did not create" in str(
        caught.value
    )
    for way_out in ("aliases=[...]", "adopt_existing=True", "another name"):
        assert way_out in str(caught.value)
    assert set(bench.service.actions) == {"find"}
    assert bench.log == []


def test_object_on_any_other_cluster_is_adopted_with_consent(bench: Bench) -> None:
    bench.service.items["work"] = {"size": 7, "prefix": "old-"}
    work = bench.create(**ITEM, prefix="new-", adopt_existing=True)
    assert work.outputs["created"] is True
    assert bench.service.actions == ["find", "update"]
    assert bench.service.items["work"] == {"size": 5}
    assert bench.log == ["item work exists already and is adopted (adopt_existing)"]


@pytest.mark.parametrize("adopt_existing", [None, True])
def test_object_of_the_service_is_configured_and_never_deleted(own: Bench, adopt_existing: bool | None) -> None:
    own.service.items["work"] = {"size": 7, "zone": "of the service"}
    work = own.create(**ITEM, zone="of the service", adopt_existing=adopt_existing)
    assert own.service.items["work"]["size"] == 5
    own.delete(work)
    assert "work" in own.service.items
    assert own.log[-1] == "item work was made by the service and is left in place"


@pytest.mark.parametrize("adopt_existing", [None, True])
def test_object_of_the_service_is_not_remade(own: Bench, adopt_existing: bool | None) -> None:
    own.service.items["work"] = {"zone": "of the service", "prefix": "old-"}
    with pytest.raises(RefusedError, match="differs in what cannot change in place: prefix is 'old-'"):
        own.create(**ITEM, prefix="new-", adopt_existing=adopt_existing)


def test_taken_object_is_in_state_before_it_is_changed(own: Bench) -> None:
    own.service.items["work"] = {"size": 7}
    own.service.failing["update"] = fault()
    state, _ = own.partial_failure(lambda: own.create(**ITEM))
    assert (state.id, state.outputs["created"]) == ("ehpc-1:work", True)


# -- state of release 0.1.0, which used objects without owning them --------------------------------------------------


def not_owned(bench: Bench) -> Living:
    """Return a resource whose object is not owned."""
    work = bench.create(**ITEM)
    work.outputs["created"] = False
    return work


def test_object_that_is_not_owned_is_left_in_place(own: Bench) -> None:
    work = own.update(not_owned(own), size=6)
    assert work.outputs["created"] is False
    own.service.calls.clear()
    own.delete(work)
    assert (list(own.service.items), own.service.calls) == (["work"], [])
    assert own.log[-1] == "item work was not made by this resource and is left in place"


def test_consent_asks_for_an_update_that_takes_the_object_over(bench: Bench) -> None:
    work = not_owned(bench)
    with_consent = bench.checked("Item", "work", {**work.inputs, "adopt_existing": True}, work.inputs)
    assert bench.diff(work.inputs, with_consent, work.outputs)
    adopted = bench.update(work, adopt_existing=True)
    assert adopted.outputs["created"] is True
    assert not bench.diff(adopted.inputs, with_consent, adopted.outputs)
    bench.delete(adopted)
    assert bench.service.items == {}


def test_consent_that_no_update_saw_deletes_nothing(bench: Bench) -> None:
    work = not_owned(bench)
    work.inputs["adopt_existing"] = True
    bench.delete(work)
    assert "work" in bench.service.items


def test_consent_that_is_taken_back_changes_nothing(bench: Bench) -> None:
    bench.service.items["work"] = {"size": 7}
    work = bench.create(**ITEM, adopt_existing=True)
    without = bench.checked("Item", "work", {**work.inputs, "adopt_existing": None}, work.inputs)
    assert not bench.diff(work.inputs, without, work.outputs)
    work = bench.update(work, adopt_existing=None, size=6)
    assert work.outputs["created"] is True
    bench.delete(work)
    assert bench.service.items == {}


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

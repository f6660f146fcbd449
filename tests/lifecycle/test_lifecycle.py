"""The life of a resource: what is guarded, what is in state, and what stays there after a failure."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_ehpc.errors import AuthenticationError, EhpcError, NotFoundError, RefusedError, ServiceError
from pulumi_ehpc.lifecycle.lifecycle import PartialFailureError
from pulumi_ehpc.lifecycle.operation import NOT_FOUND, ReadOutcome
from pulumi_ehpc.schema.unknowns import UNKNOWN
from tests.lifecycle.bench import ACCOUNT, IDENTITY, REGION, Bench, Living
from tests.lifecycle.conftest import NewBench
from tests.lifecycle.sample import NEW, OLD

ITEM: dict[str, Any] = {"cluster": "ehpc-1", "size": 5}


def api_error(kind: type[Any], code: str = "InternalError") -> EhpcError:
    """An error of the service."""
    error: EhpcError = kind(
        "The service is out of order.", code=code, http_status=500, request_id="R", action="X", version=NEW
    )
    return error


# -- diff ----------------------------------------------------------------------------------------------------------


def test_unknown_cluster_counts_as_a_replacement(bench: Bench) -> None:
    old = bench.checked("Item", "work", ITEM)
    assert bench.diff(old, {**old, "cluster": UNKNOWN}, {}).replaces == ("cluster",)


def test_recorded_version_says_what_a_change_does(bench: Bench, new_bench: NewBench) -> None:
    for each, replaces in ((bench, ()), (new_bench(bench, version=OLD), ("zone",))):
        old = each.checked("Item", "work", {**ITEM, "zone": "a"})
        assert bench.diff(old, {**old, "zone": "b"}, {}).replaces == replaces


def test_former_name_in_state_is_no_difference(bench: Bench) -> None:
    new = bench.checked("Item", "work", {**ITEM, "disk": {"mount_directory": "/a"}})
    old = {**new, "disk": {"mount_dir": "/a"}}
    assert not bench.diff(old, new, {})
    assert bench.diff({**new, "disk": {"mount_dir": "/b"}}, new, {}).updates == ("disk",)


@pytest.mark.parametrize(
    ("status", "consent", "replaced"), [("broken", True, True), ("broken", None, False), ("ok", True, False)]
)
def test_object_that_could_not_be_built_is_replaced_with_consent(
    bench: Bench, status: str, consent: bool | None, replaced: bool
) -> None:
    old = bench.checked("Item", "work", ITEM)
    found = bench.diff(old, {**old, "allow_replacement": consent}, {"status": status})
    assert (found.replaces == ("allow_replacement",), found.hidden) == (replaced, replaced)


def test_diff_makes_no_call(bench: Bench) -> None:
    old = bench.checked("Item", "work", ITEM)
    assert bench.diff(old, bench.checked("Item", "work", {**ITEM, "size": 6}, old), {})
    assert bench.service.calls == []


# -- create and update: outputs ------------------------------------------------------------------------------------


def test_outputs_hold_what_was_declared_and_where_it_lives(bench: Bench) -> None:
    work = bench.create(**ITEM, zone="a")
    assert {"size": 5, "zone": "a", "created": True}.items() <= work.outputs.items()
    assert (work.outputs["account_id"], work.outputs["api_version"], work.outputs["region"]) == (ACCOUNT, NEW, REGION)
    assert "identity" not in work.outputs


def test_secrets_are_no_outputs(bench: Bench) -> None:
    work = bench.create(**ITEM, password="Canary-1")
    assert "password" not in work.outputs
    assert "Canary-1" not in str(work.outputs)


def test_unknown_account_is_recorded_once_it_is_known(bench: Bench) -> None:
    bench.use_account(api_error(ServiceError))
    work = bench.create(**ITEM)
    bench.create(**{**ITEM, "name": "other"})
    assert work.outputs["account_id"] == ""
    (warning,) = bench.log
    assert warning.startswith("The account of these credentials could not be established (The service is")
    bench.client.account = ACCOUNT
    assert bench.update(work, size=6).outputs["account_id"] == "", "it is asked for once a run"
    bench.use_account(ACCOUNT)
    seen = bench.read(work)
    assert isinstance(seen, ReadOutcome)
    assert seen.outputs["account_id"] == ACCOUNT
    assert bench.update(work, size=7).outputs["account_id"] == ACCOUNT


def test_refused_create_leaves_nothing(bench: Bench) -> None:
    bench.service.failing["create"] = RefusedError("No.")
    with pytest.raises(RefusedError) as caught:
        bench.create(**ITEM)
    assert not isinstance(caught.value, PartialFailureError)


def test_create_that_fails_after_it_was_accepted_stays_in_state(bench: Bench) -> None:
    bench.service.failing["finish"] = api_error(ServiceError)
    state, message = bench.partial_failure(lambda: bench.create(**ITEM, password="Canary-1"))
    assert "out of order" in message
    assert state.id == "ehpc-1:work"
    assert {"created": True, "size": 5, "account_id": ACCOUNT, "api_version": NEW}.items() <= state.outputs.items()
    assert "Canary-1" not in str(state.outputs)


def test_failed_update_keeps_what_is_known(bench: Bench) -> None:
    work = bench.create(**ITEM)
    bench.service.failing["update"] = api_error(ServiceError)
    state, message = bench.partial_failure(lambda: bench.update(work, size=6))
    assert "out of order" in message
    assert state.id == work.id
    assert (state.outputs["created"], state.outputs["account_id"]) == (True, ACCOUNT)


UNEXPECTED = [KeyError("ClusterId"), RecursionError("deep"), KeyboardInterrupt(), SystemExit(3)]


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
def test_whatever_fails_after_the_service_accepted_keeps_the_id(bench: Bench, error: BaseException) -> None:
    bench.service.failing["finish"] = error
    with pytest.raises(PartialFailureError) as caught:
        bench.create(**ITEM)
    assert caught.value.cause is error
    assert caught.value.state.id == "ehpc-1:work"
    assert caught.value.state.outputs["created"] is True
    work = bench.create(**{**ITEM, "name": "other"})
    bench.service.failing["update"] = error
    with pytest.raises(PartialFailureError) as caught:
        bench.update(work, size=6)
    assert (caught.value.cause, caught.value.state.id) == (error, work.id)


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
def test_what_fails_before_the_service_accepted_stays_what_it_is(bench: Bench, error: BaseException) -> None:
    bench.service.failing["create"] = error
    with pytest.raises(type(error)) as caught:
        bench.create(**ITEM)
    assert caught.value is error


def test_account_that_cannot_be_asked_for_loses_nothing(bench: Bench) -> None:
    bench.use_account(KeyError("AccountId"))
    assert bench.create(**ITEM).outputs["account_id"] == ""
    bench.service.failing["finish"] = KeyError("x")
    state, _ = bench.partial_failure(lambda: bench.create(**{**ITEM, "name": "other"}))
    assert state.id == "ehpc-1:other"


def test_recorded_version_makes_the_calls(bench: Bench, new_bench: NewBench) -> None:
    work = bench.create(**ITEM)
    changed = new_bench(bench, version=OLD)
    bench.service.calls.clear()
    changed.update(work, size=6)
    assert changed.read(work) is not NOT_FOUND
    changed.delete(work)
    assert {call.split()[0] for call in bench.service.calls} == {NEW}


def test_time_limit_of_the_operation_counts(bench: Bench) -> None:
    bench.service.ready = False
    for seconds, limit in ((60.0, 60), (0.0, 300)):
        bench.timeout_seconds = seconds
        bench.service.items.clear()
        _, message = bench.partial_failure(lambda: bench.create(**ITEM))
        assert f"still starting after {limit} seconds" in message


def test_cancelled_create_stays_in_state(bench: Bench) -> None:
    bench.service.ready = False
    bench.cancelled = lambda: bool(bench.progress)
    state, message = bench.partial_failure(lambda: bench.create(**ITEM))
    assert "cancelled while the state was starting" in message
    assert state.id == "ehpc-1:work"


def test_what_was_left_out_reaches_no_handler(bench: Bench) -> None:
    op = bench.operation(**ITEM, zone=None)
    assert "zone" not in op.inputs.values


# -- read, update and delete: the right place ----------------------------------------------------------------------


def test_other_region_is_never_asked(bench: Bench, new_bench: NewBench) -> None:
    living = bench.create(**ITEM)
    moved = new_bench(bench, region="cn-beijing")
    bench.service.calls.clear()
    refusal = f"lives in {REGION}, but the region is set to cn-beijing. It was left as it is"
    lifecycle, engine = moved.lifecycle(), moved.engine(id=living.id)
    with pytest.raises(RefusedError, match=refusal):
        lifecycle.read(engine, living.inputs, living.outputs)
    with pytest.raises(RefusedError, match=refusal):
        lifecycle.update(engine, living.inputs, living.inputs, living.outputs)
    with pytest.raises(RefusedError, match=refusal):
        lifecycle.delete(engine, living.inputs, living.outputs)
    assert bench.service.calls == []


def vanished(bench: Bench, how: str) -> Living:
    """An item that is not there any more, or whose whole cluster is not."""
    living = bench.create(**ITEM)
    bench.service.items.clear()
    if how == "error":
        bench.service.failing["find"] = api_error(NotFoundError, "ItemGone")
    return living


@pytest.mark.parametrize("how", ["nothing", "error"])
def test_not_found_is_believed_with_the_same_credentials(bench: Bench, how: str) -> None:
    living = vanished(bench, how)
    assert bench.read(living) is NOT_FOUND
    bench.delete(living)
    assert "delete" not in bench.service.actions


@pytest.mark.parametrize("how", ["nothing", "error"])
def test_not_found_is_not_believed_with_other_credentials(bench: Bench, how: str) -> None:
    living = vanished(bench, how)
    bench.use_account("2000000000000002")
    with pytest.raises(RefusedError, match=f"belongs to account {ACCOUNT} and these credentials are of account 2"):
        bench.read(living)


def test_delete_of_what_is_gone_asks_for_the_account(bench: Bench) -> None:
    living = vanished(bench, "error")
    bench.use_account("2000000000000002")
    with pytest.raises(RefusedError, match="stays in state"):
        bench.delete(living)


def test_gone_cluster_is_not_believed_where_no_account_was_recorded(bench: Bench) -> None:
    for act in (bench.read, bench.delete):
        living = vanished(bench, "error")
        living.outputs["account_id"] = ""
        with pytest.raises(RefusedError, match="its account could not be established when it was created") as caught:
            act(living)
        assert f"pulumi state delete '{bench.urn('Item', 'work')}'" in str(caught.value)


def test_what_is_missing_in_a_cluster_that_is_there_is_gone(bench: Bench) -> None:
    living = vanished(bench, "nothing")
    living.outputs["account_id"] = ""
    assert bench.read(living) is NOT_FOUND


def test_other_things_that_are_not_found_do_not_mean_that_the_object_is_gone(bench: Bench) -> None:
    living = bench.create(**ITEM)
    bench.service.failing["find"] = api_error(NotFoundError, "NodeNotFound")
    with pytest.raises(NotFoundError):
        bench.read(living)


def test_refused_credentials_are_no_disappearance(bench: Bench) -> None:
    living = bench.create(**ITEM)
    bench.service.failing["find"] = api_error(AuthenticationError)
    with pytest.raises(AuthenticationError):
        bench.read(living)


# -- create and update of what is gone ------------------------------------------------------------------------------


def test_update_of_what_is_gone_says_so_and_names_the_way_out(bench: Bench) -> None:
    work = bench.create(**ITEM)
    bench.service.failing["find"] = api_error(NotFoundError, "ItemGone")
    state, message = bench.partial_failure(lambda: bench.update(work, size=6))
    assert message == (
        "Item 'work': its cluster ehpc-1 does not exist any more (ItemGone, HTTP 500, request R). Run `pulumi up "
        "--refresh`: it takes what is gone out of state, and creates what is declared again."
    )
    assert state.id == work.id


def test_gone_is_not_said_with_other_credentials(bench: Bench) -> None:
    work = bench.create(**ITEM)
    bench.service.failing["find"] = api_error(NotFoundError, "ItemGone")
    bench.use_account("2000000000000002")
    state, message = bench.partial_failure(lambda: bench.update(work, size=6))
    assert f"belongs to account {ACCOUNT} and these credentials are of account 2000000000000002" in message
    assert "any more" not in message
    assert state.outputs["account_id"] == ACCOUNT


@pytest.mark.parametrize("account", [ACCOUNT, "", AuthenticationError])
def test_create_in_what_is_not_found_claims_no_more_than_is_known(bench: Bench, account: Any) -> None:
    bench.service.failing["find"] = api_error(NotFoundError, "ItemGone")
    bench.use_account(api_error(account) if isinstance(account, type) else account)
    with pytest.raises(EhpcError) as caught:
        bench.create(**ITEM)
    assert not isinstance(caught.value, PartialFailureError)
    whose = f"account {ACCOUNT}" if account == ACCOUNT else "these credentials"
    assert str(caught.value).startswith(
        f"Item 'work': its cluster ehpc-1 does not exist, or does not any more, in {REGION} with {whose} (ItemGone,"
    )
    assert "pulumi up --refresh" in str(caught.value)
    assert "check the id, the region and the account" in str(caught.value)


def test_other_things_that_are_not_found_are_reported_as_they_are(bench: Bench) -> None:
    work = bench.create(**ITEM)
    bench.service.failing["update"] = api_error(NotFoundError, "NodeNotFound")
    _, message = bench.partial_failure(lambda: bench.update(work, size=6))
    assert "NodeNotFound" in message and "--refresh" not in message


# -- read: what a program does not own -----------------------------------------------------------------------------


def test_what_a_program_only_reads_needs_nothing_recorded(bench: Bench) -> None:
    work = bench.create(**ITEM)
    given = {"cluster": "ehpc-1", "name": "work", "password": "Canary-1"}
    found = bench.lifecycle().read(bench.engine(id=work.id), given, given)
    assert isinstance(found, ReadOutcome)
    assert (found.outputs["api_version"], found.outputs["region"]) == (NEW, REGION)
    assert "password" not in found.outputs
    bench.service.items.clear()
    with pytest.raises(EhpcError, match=f"Item 'work': {work.id} was not found in {REGION} with account {ACCOUNT}"):
        bench.lifecycle().read(bench.engine(id=work.id), given, given)
    # Later the engine refreshes what is in state: the program's arguments, and the outputs of the first read.
    assert bench.lifecycle().read(bench.engine(id=work.id), given, found.outputs) is NOT_FOUND


# -- read: drift ---------------------------------------------------------------------------------------------------


def test_read_returns_declared_values_as_they_are_now(bench: Bench) -> None:
    work = bench.create(**ITEM, password="Canary-1")
    bench.service.items["work"] = {"size": 9, "zone": "service default", "disk": {"size_gib": 40}}
    found = bench.read(work)
    assert found.inputs["size"] == found.outputs["size"] == 9
    assert "zone" not in found.inputs and "disk" not in found.inputs
    assert (found.inputs["identity"], found.inputs["password"]) == (IDENTITY, "Canary-1")
    assert found.outputs["created"] is True
    assert "Canary-1" not in str(found.outputs)


def test_read_sees_every_entry_of_a_map_and_what_was_declared_of_an_object(bench: Bench) -> None:
    work = bench.create(**ITEM, labels={"team": "one"}, disk={"size_gib": 40})
    bench.service.items["work"] = {
        "labels": {"team": "one", "more": "x"},
        "disk": {"size_gib": 40, "category": "cloud_ssd"},
    }
    found = bench.read(work)
    assert found.inputs["labels"] == {"team": "one", "more": "x"}
    assert found.inputs["disk"] == {"size_gib": 40}


def test_read_puts_state_of_an_older_release_under_todays_names(bench: Bench) -> None:
    work = bench.create(**ITEM, disk={"mount_directory": "/a"})
    for values in (work.inputs, work.outputs):
        values["disk"] = {"mount_dir": "/a"}
    found = bench.read(work)
    assert found.inputs["disk"] == found.outputs["disk"] == {"mount_directory": "/a"}


# -- a version that does not have the resource type ----------------------------------------------------------------


def test_operations_of_a_missing_resource_type_are_refused(new_bench: NewBench) -> None:
    older = new_bench(version=OLD)
    inputs = {"cluster": "ehpc-1", "api_version": OLD, "region": REGION, "identity": IDENTITY}
    crew, engine = older.lifecycle("Crew"), older.engine("Crew", "team", "ehpc-1:crew")
    for operate in (
        lambda: crew.create(engine, inputs),
        lambda: crew.update(engine, inputs, inputs, {}),
        lambda: crew.read(engine, inputs, {"account_id": ""}),
        lambda: crew.delete(engine, inputs, {}),
        lambda: crew.diff(engine, inputs, inputs, {}),
    ):
        with pytest.raises(RefusedError, match=f"API {OLD} has no Crew. It is in API {NEW}"):
            operate()
    assert older.service.calls == []

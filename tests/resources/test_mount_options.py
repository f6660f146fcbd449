"""Mount options: those of mounts that exist already, and of mounts beside the one that changes."""

from __future__ import annotations

import pytest

from pulumi_ehpc.errors import RefusedError
from tests.resources.stack import Stack
from tests.resources.test_volume import DATA, mount_elsewhere, unmount_elsewhere

MORE = {**DATA, "mount_directory": "/more"}


def options(stack: Stack, cluster: str, directory: str = "/data") -> str:
    """Return the options of a mount as API 2024-07-30 reports them; the older version does not."""
    listed = stack.pages("ListSharedStorages", "2024-07-30", ClusterId=cluster)
    found = [mount["MountOptions"] for each in listed for mount in each["MountInfo"]]
    where = [mount["MountDirectory"] for each in listed for mount in each["MountInfo"]]
    return str(found[where.index(directory)])


@pytest.mark.parametrize("there", ["rw,nolock", ""])
def test_other_mount_options_are_refused_on_a_cluster_of_the_stack(stack_2024: Stack, there: str) -> None:
    cluster = stack_2024.own_cluster()
    mount_elsewhere(stack_2024, cluster, "/data", MountOptions=there)
    with pytest.raises(RefusedError, match=f"mount_options is '{there}' and not 'ro,nolock'.*It was left as it is"):
        stack_2024.create("Volume", "data", cluster=cluster, **DATA, mount_options="ro,nolock")
    assert stack_2024.writes() == []


@pytest.mark.parametrize("own", [True, False])
def test_other_mount_options_are_replaced_with_consent(stack: Stack, own: bool) -> None:
    cluster = stack.own_cluster() if own else stack.foreign_cluster()
    mount_elsewhere(stack, cluster, "/data", MountOptions="rw")
    data = stack.create("Volume", "data", cluster=cluster, adopt_existing=True, mount_options="ro", **DATA)
    assert options(stack, cluster) == "ro"
    assert stack.drifted(data) == ()


def test_mount_options_that_are_not_reported_are_sent_and_said(stack_2018: Stack) -> None:
    """API 2018-04-12 does not tell whether an existing mount has them; nothing is unmounted for that."""
    cluster = stack_2018.own_cluster()
    mount_elsewhere(stack_2018, cluster, "/data", MountOptions="rw")
    stack_2018.create("Volume", "data", cluster=cluster, mount_options="ro", **DATA)
    assert options(stack_2018, cluster) == "ro"
    assert stack_2018.log[-1] == (
        "/data: the mount options 'ro' were sent, but API 2018-04-12 does not report whether it has them"
    )
    (sent,) = stack_2018.calls("UpdateClusterVolumes")
    assert "/data" in {mount["LocalDirectory"] for mount in sent["AdditionalVolumes"]}


@pytest.mark.parametrize("there", ["ro,nolock", "vers=3,nolock,  proto=tcp,ro"])
def test_mount_that_has_the_declared_options_is_as_declared(stack_2024: Stack, there: str) -> None:
    """In whatever order, and beside those that the service has added."""
    cluster = stack_2024.own_cluster()
    mount_elsewhere(stack_2024, cluster, "/data", MountOptions=there)
    data = stack_2024.create("Volume", "data", cluster=cluster, **DATA, mount_options="ro,nolock")
    assert stack_2024.writes() == []
    assert stack_2024.drifted(data) == ()


def test_mount_options_that_are_not_declared_are_not_compared(stack: Stack) -> None:
    cluster = stack.own_cluster()
    mount_elsewhere(stack, cluster, "/data", MountOptions="ro")
    data = stack.create("Volume", "data", cluster=cluster, **DATA)
    assert stack.writes() == []
    assert stack.drifted(data) == ()


def test_mount_options_that_somebody_changed_are_drift(stack_2024: Stack) -> None:
    cluster = stack_2024.foreign_cluster()
    data = stack_2024.create("Volume", "data", cluster=cluster, **DATA, mount_options="ro")
    assert stack_2024.drifted(data) == ()
    unmount_elsewhere(stack_2024, cluster, "/data")
    mount_elsewhere(stack_2024, cluster, "/data", MountOptions="rw")
    assert stack_2024.drifted(data) == ("mount_options",)


def test_mount_that_is_adopted_later_gets_the_declared_options(stack: Stack) -> None:
    """State of release 0.1.0, which used mounts without looking at their options."""
    cluster = stack.own_cluster()
    data = stack.create("Volume", "data", cluster=cluster, **DATA, mount_options="ro")
    data.outputs["created"] = False
    unmount_elsewhere(stack, cluster, "/data")
    mount_elsewhere(stack, cluster, "/data", MountOptions="rw")
    data = stack.update(data, adopt_existing=True)
    assert data.outputs["created"] is True
    assert options(stack, cluster) == "ro"


@pytest.mark.parametrize("own", [True, False])
def test_volumes_of_a_program_keep_their_mount_options(stack_2018: Stack, own: bool) -> None:
    """The list is sent as a whole, and is read without them."""
    cluster = stack_2018.own_cluster() if own else stack_2018.foreign_cluster()
    stack_2018.create("Volume", "data", cluster=cluster, **DATA, mount_options="ro")
    more = stack_2018.create("Volume", "more", cluster=cluster, **MORE)
    assert options(stack_2018, cluster) == "ro"
    lifecycle, context = stack_2018.lifecycle("Volume"), stack_2018.context("Volume", "more", more.id)
    lifecycle.delete(context, more.inputs, more.outputs)
    assert options(stack_2018, cluster) == "ro"


def test_volume_of_the_program_keeps_its_mount_options_before_its_turn(stack_2018: Stack) -> None:
    cluster = stack_2018.own_cluster()
    given = {"cluster": cluster, **DATA, "mount_options": "ro"}
    stack_2018.create("Volume", "data", **given)
    stack_2018.new_run(stack_2018.claim("Volume", "data", **given))
    stack_2018.create("Volume", "more", cluster=cluster, **MORE)
    assert options(stack_2018, cluster) == "ro"


def test_mount_of_others_does_not_get_the_options_of_a_volume_that_is_refused(stack_2018: Stack) -> None:
    cluster = stack_2018.foreign_cluster()
    mount_elsewhere(stack_2018, cluster, "/data")
    with pytest.raises(RefusedError):
        stack_2018.create("Volume", "data", cluster=cluster, **DATA, mount_options="ro")
    stack_2018.create("Volume", "more", cluster=cluster, **MORE)
    assert options(stack_2018, cluster) == ""

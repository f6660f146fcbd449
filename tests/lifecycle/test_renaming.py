"""What goes by another name than when the program ran before."""

from __future__ import annotations

from typing import Any

from pulumi_ehpc.lifecycle.claims import Claim
from pulumi_ehpc.lifecycle.renaming import misnamed, only_read, renamed
from tests.lifecycle.test_claims import claim

# -- what seems to be renamed ---------------------------------------------------------------------------------------


def cluster(name: str, vpc: str = "vpc-1", **more: Any) -> Claim:
    return Claim("Cluster", f"urn:{name}", name, "", (), {"vpc_id": vpc}, loses="everything in it", **more)


def pairs(before: list[Claim], now: list[Claim]) -> list[tuple[str, str]]:
    return [(old.name, old.renamed) for old in renamed(before, now)]


def test_what_is_new_and_declares_the_same_seems_to_be_what_is_gone() -> None:
    assert pairs([cluster("a")], [cluster("b")]) == [("a", "urn:b")]
    assert pairs([cluster("a")], [cluster("b", "vpc-2")]) == []
    assert pairs([cluster("a")], [cluster("a"), cluster("b")]) == []


def test_what_has_no_urn_yet_may_be_what_seems_to_be_gone() -> None:
    late = Claim("Cluster", "", "a", "", (), {"vpc_id": "vpc-1"}, loses="everything in it")
    assert pairs([cluster("a")], [late]) == []


def test_what_was_there_beside_it_is_not_what_is_gone() -> None:
    assert pairs([cluster("a"), cluster("b")], [cluster("b")]) == []


def test_a_pair_is_kept_while_the_new_one_is_declared() -> None:
    (kept,) = renamed([cluster("a")], [cluster("b")])
    before = [cluster("b"), Claim.of(kept.to_dict())]
    assert pairs(before, [cluster("b")]) == [("a", "urn:b")]
    assert pairs(before, [cluster("a")]) == []
    assert pairs(before, [cluster("c")]) == [("b", "urn:c"), ("a", "urn:c")]


def test_what_loses_only_itself_is_no_matter() -> None:
    assert pairs([claim("a", "work")], [claim("b", "work")]) == []


# -- what is only read now -----------------------------------------------------------------------------------------


def test_cluster_that_is_only_read_now_may_be_another_one() -> None:
    read = Claim("Cluster", "urn:a", "a", "", ())
    assert list(only_read([cluster("a")], [read])) == [cluster("a")]
    assert list(only_read([cluster("a")], [cluster("a")])) == []
    assert list(only_read([cluster("b")], [read])) == []
    assert list(only_read([read], [read])) == []
    assert list(only_read([claim("a", "work")], [claim("a")])) == [], "a queue loses only itself"


# -- what names something else now -----------------------------------------------------------------------------------


def group(name: str = "work", **more: Any) -> Claim:
    return Claim("NodeGroup", "urn:g", "g", **{"cluster": "ehpc-1", "keys": ("g-",), "names": {"Queue": name}, **more})


def found(before: list[Claim], now: list[Claim]) -> list[tuple[str, str, str]]:
    return [(naming.name, name, meant.name) for naming, name, meant in misnamed(before, now)]


def test_queue_that_goes_by_another_name_is_not_what_the_group_names() -> None:
    assert found([claim("a", "work")], [group(), claim("a", "other")]) == [("g", "work", "a")]
    assert found([claim("a", "work")], [group("other"), claim("a", "other")]) == []


def test_queue_that_another_resource_declares_now_is_named_rightly() -> None:
    assert found([claim("a", "work")], [group(), claim("a", "other"), claim("b", "work")]) == []


def test_queue_that_may_be_declared_under_the_name_is_none_to_complain_of() -> None:
    """What is only read claims no key; another one may not be known yet."""
    before, now = [claim("a", "work")], [group(), claim("a", "other")]
    assert found(before, [*now, claim("b", keys=None)]) == []
    assert found(before, [*now, claim("b", "work", cluster="")]) == []
    assert found(before, [*now, claim("b", cluster="")]) == [("g", "work", "a")]


def test_queue_of_another_cluster_is_another_one() -> None:
    assert found([claim("a", "work", cluster="ehpc-2")], [group(), claim("a", "other", cluster="ehpc-2")]) == []
    assert found([claim("a", "work", cluster="")], [group(cluster=""), claim("a", "other", cluster="")]) == []


def test_queue_that_is_not_declared_any_more_is_left_to_its_delete() -> None:
    assert found([claim("a", "work")], [group()]) == []

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bootstrap import pulumi_cli
from scripts.bootstrap.cache import PROGRAMS, CliFolder
from scripts.bootstrap.console import SetupError
from scripts.bootstrap.pulumi_cli import Route
from scripts.bootstrap.routes import RouteFailed


def put_programs(folder: Path, *programs: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for program in programs:
        (folder / program).write_text("#!/bin/sh\n")
        (folder / program).chmod(0o755)
    return folder


class TestFind:
    def test_the_first_route_that_works_is_taken_and_no_other_is_tried(self, tmp_path: Path) -> None:
        tried: list[str] = []

        def route(name: str, works: bool) -> Route:
            def find() -> Path:
                tried.append(name)
                if works:
                    return tmp_path / name
                raise RouteFailed("not here", "nothing")

            return Route(name, find)

        assert pulumi_cli.find([route("a", False), route("b", True), route("c", True)]) == tmp_path / "b"
        assert tried == ["a", "b"]

    def test_when_none_works_one_message_has_what_was_tried_and_what_to_do_for_each(self) -> None:
        def failing(name: str, found: str, remedy: str) -> Route:
            def find() -> Path:
                raise RouteFailed(found, remedy)

            return Route(name, find)

        with pytest.raises(SetupError) as caught:
            pulumi_cli.find([failing("PATH", "no pulumi", "install it"), failing("Go", "a\nb", "install Go")])
        assert str(caught.value).splitlines()[1:] == [
            "  1. PATH",
            "     tried: no pulumi",
            "     to do: install it",
            "  2. Go",
            "     tried: a",
            "       b",
            "     to do: install Go",
        ]

    def test_a_route_that_is_usually_closed_is_passed_in_silence(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def empty() -> Path:
            raise RouteFailed("nothing there", "", expected=True)

        pulumi_cli.find([Route("cache", empty), Route("other", lambda: tmp_path)])
        assert capsys.readouterr().err == ""

    def test_the_routes_come_in_the_order_of_their_cost(self) -> None:
        names = [route.name for route in pulumi_cli.routes({})]
        assert names == ["PATH", "user's cache folder", "official release", "build with Go"]


class TestOnPath:
    def find(self, path: str, says: str = "v3.260.1") -> Path:
        return pulumi_cli.on_path({"PATH": path}, version_of=lambda _: says)

    def test_a_complete_and_new_installation_is_used(self, tmp_path: Path) -> None:
        put_programs(tmp_path, *PROGRAMS)
        assert self.find(str(tmp_path)) == tmp_path

    def test_programs_may_lie_in_several_folders(self, tmp_path: Path) -> None:
        first = put_programs(tmp_path / "first", "pulumi")
        put_programs(tmp_path / "second", *PROGRAMS[1:])
        assert self.find(f"{tmp_path / 'first'}:{tmp_path / 'second'}") == first

    def test_no_pulumi_is_the_usual_case(self, tmp_path: Path) -> None:
        with pytest.raises(RouteFailed) as caught:
            self.find(str(tmp_path))
        assert caught.value.expected

    def test_a_cli_without_its_language_host_will_not_do(self, tmp_path: Path) -> None:
        put_programs(tmp_path, "pulumi", "pulumi-resource-pulumi-python")
        with pytest.raises(RouteFailed, match="not pulumi-language-python, pulumi-language-python-exec"):
            self.find(str(tmp_path))

    @pytest.mark.parametrize("says", ["v3.216.0", "3.216.0", "v4.0.0-beta.1", "v3.1000.2"])
    def test_versions_that_will_do(self, tmp_path: Path, says: str) -> None:
        put_programs(tmp_path, *PROGRAMS)
        assert self.find(str(tmp_path), says) == tmp_path

    @pytest.mark.parametrize("says", ["v3.215.9", "v2.9.0"])
    def test_an_old_cli_is_named_with_what_it_lacks(self, tmp_path: Path, says: str) -> None:
        put_programs(tmp_path, *PROGRAMS)
        with pytest.raises(RouteFailed, match=r"older than 3\.216\.0") as caught:
            self.find(str(tmp_path), says)
        assert caught.value.remedy == "upgrade it to 3.216.0 or newer"

    def test_an_answer_that_is_no_version_is_shown(self, tmp_path: Path) -> None:
        put_programs(tmp_path, *PROGRAMS)
        with pytest.raises(RouteFailed, match="but: Exec format error"):
            self.find(str(tmp_path), "Exec format error")

    def test_the_version_is_asked_from_the_program_itself(self, tmp_path: Path) -> None:
        put_programs(tmp_path, *PROGRAMS)
        (tmp_path / "pulumi").write_text(
            '#!/bin/sh\n[ "$PULUMI_SKIP_UPDATE_CHECK $1" = "true version" ] && echo v3.300.0\n'
        )
        assert pulumi_cli.on_path({"PATH": str(tmp_path)}) == tmp_path

    def test_a_program_that_cannot_run_is_a_closed_route(self, tmp_path: Path) -> None:
        put_programs(tmp_path, *PROGRAMS)
        (tmp_path / "pulumi").write_text("#!/no/such/interpreter\n")
        with pytest.raises(RouteFailed, match="does not report its version"):
            pulumi_cli.on_path({"PATH": str(tmp_path)})


class TestInCache:
    def test_what_an_earlier_set_up_left_is_used(self, tmp_path: Path) -> None:
        folder = CliFolder(tmp_path, "1.2.3")
        put_programs(folder.bin, *PROGRAMS, "pulumi-language-python-host")
        assert pulumi_cli.in_cache(folder) == tmp_path / "pulumi-v1.2.3" / "bin"

    def test_another_version_is_not(self, tmp_path: Path) -> None:
        put_programs(CliFolder(tmp_path, "1.2.3").bin, *PROGRAMS, "pulumi-language-python-host")
        with pytest.raises(RouteFailed):
            pulumi_cli.in_cache(CliFolder(tmp_path, "1.2.4"))

    def test_what_a_shell_has_from_it_is_not_taken_for_an_installation(self, tmp_path: Path) -> None:
        folder = CliFolder(tmp_path / "pulumi-ehpc", pulumi_cli.VERSION)
        put_programs(folder.bin, *PROGRAMS)
        (folder.bin / "pulumi").write_text(f"#!/bin/sh\necho v{pulumi_cli.VERSION}\n")
        path, cache = pulumi_cli.routes({"XDG_CACHE_HOME": str(tmp_path), "PATH": f"{folder.bin}:/no/such"})[:2]
        for route in (path, cache):
            with pytest.raises(RouteFailed):
                route.find()


def test_a_cache_folder_that_cannot_be_made_is_a_closed_route_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    installing = pulumi_cli.routes({"XDG_CACHE_HOME": str(tmp_path / "file"), "PATH": ""})[2]
    with pytest.raises(RouteFailed) as caught:
        installing.find()
    assert "XDG_CACHE_HOME" in caught.value.remedy

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bootstrap import go_build
from scripts.bootstrap.cache import PROGRAMS
from scripts.bootstrap.routes import RouteFailed

GO = """#!/bin/sh
# Stands in for go: writes down how it is called and makes what it is asked for.
printf '%s|CGO_ENABLED=%s|GOWORK=%s|GOPROXY=%s\\n' "$*" "$CGO_ENABLED" "$GOWORK" "$GOPROXY" >> "$CALLS"
case "$1 $2" in
"version ") echo "go version $GO_VERSION linux/amd64" ;;
"list -mod=readonly") echo "go: downloading example.com/a v1.0.0" >&2; echo a; echo b ;;
"list -m") echo "$SDK" ;;
"build -mod=readonly")
    if [ -n "$FAIL" ]; then echo "a/a.go:1: $FAIL" >&2; exit 1; fi
    while [ "$1" != -o ]; do shift; done
    case "$PWD" in
    */cli) echo CLI > "${2}pulumi"; echo STARTER > "${2}pulumi-language-python" ;;
    *) echo HOST > "${2}pulumi-language-python" ;;
    esac ;;
esac
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with a stand-in for go, and an SDK module where the scripts are."""
    folder = tmp_path / "go" / "bin"
    folder.mkdir(parents=True)
    (folder / "go").write_text(GO)
    (folder / "go").chmod(0o755)
    sdk = tmp_path / "sdk"
    for script in ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python"):
        (sdk / script).parent.mkdir(parents=True)
        (sdk / script).write_text("script")
        (sdk / script).chmod(0o444)
    return {
        "PATH": f"{folder}:/usr/bin:/bin",
        "CALLS": str(tmp_path / "calls"),
        "GO_VERSION": "go1.25.11",
        "GOPROXY": "https://proxy.example",
        "SDK": str(sdk),
        "FAIL": "",
    }


def test_every_program_is_made(tmp_path: Path, environ: dict[str, str]) -> None:
    target = tmp_path / "target"
    target.mkdir()
    go_build.build(target, "3.259.0", environ)
    assert {path.name for path in target.iterdir()} == {*PROGRAMS, "pulumi-language-python-host"}
    assert (target / "pulumi-language-python-exec").stat().st_mode & 0o111


def test_the_cli_meets_the_starter_of_the_language_host(tmp_path: Path, environ: dict[str, str]) -> None:
    go_build.build(tmp_path, "3.259.0", environ)
    assert (tmp_path / "pulumi-language-python").read_text() == "STARTER\n"
    assert (tmp_path / "pulumi-language-python-host").read_text() == "HOST\n"


def test_the_build_is_locked_needs_no_c_compiler_and_keeps_the_user_s_proxy(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    go_build.build(tmp_path, "3.259.0", environ)
    builds = [line for line in Path(environ["CALLS"]).read_text().splitlines() if line.startswith("build")]
    assert len(builds) == 2
    for build in builds:
        assert build.startswith("build -mod=readonly ")
        assert "version.Version=v3.259.0" in build
        assert build.endswith("|CGO_ENABLED=0|GOWORK=off|GOPROXY=https://proxy.example")


def test_without_go_the_message_says_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(RouteFailed, match="no go on PATH") as caught:
        go_build.build(tmp_path, "3.259.0", {"PATH": str(tmp_path)})
    assert "https://go.dev/dl/" in caught.value.remedy


def test_a_go_that_is_too_old_is_named(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(RouteFailed, match=r"go1\.19\.8") as caught:
        go_build.build(tmp_path, "3.259.0", {**environ, "GO_VERSION": "go1.19.8"})
    assert caught.value.remedy.startswith("too old")


def test_what_go_says_about_a_failure_is_passed_on(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(RouteFailed, match=r"a/a\.go:1: no space left"):
        go_build.build(tmp_path, "3.259.0", {**environ, "FAIL": "no space left"})

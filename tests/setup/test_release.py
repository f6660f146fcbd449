from __future__ import annotations

import hashlib
import io
import tarfile
import threading
import urllib.error
from pathlib import Path

import pytest

from scripts.bootstrap import release
from scripts.bootstrap.cache import PROGRAMS
from scripts.bootstrap.release import Download
from scripts.bootstrap.routes import RouteFailed

VERSION = "1.2.3"
ARCHIVE = "pulumi-v1.2.3-linux-x64.tar.gz"


def archive_of(*names: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in names:
            content = f"content of {name}".encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


class Site:
    """A site that publishes one archive and its checksum."""

    def __init__(self, archive: bytes, *, published: bytes | None = None) -> None:
        digest = hashlib.sha256(archive if published is None else published).hexdigest()
        self.files = {
            f"{release.SITE}/pulumi-1.2.3-checksums.txt": f"{'0' * 64}  other.tar.gz\n{digest}  {ARCHIVE}\n".encode(),
            f"{release.SITE}/{ARCHIVE}": archive,
        }
        self.asked: list[str] = []

    def fetch(self, url: str, seconds: float) -> Download:
        self.asked.append(url)
        return io.BytesIO(self.files[url])


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("linux", "x86_64", "pulumi-v1.2.3-linux-x64.tar.gz"),
        ("linux", "aarch64", "pulumi-v1.2.3-linux-arm64.tar.gz"),
        ("darwin", "arm64", "pulumi-v1.2.3-darwin-arm64.tar.gz"),
    ],
)
def test_the_archive_for_a_machine(system: str, machine: str, name: str) -> None:
    assert release.archive_name(VERSION, system, machine) == name


def test_a_machine_without_a_release_is_told_so() -> None:
    with pytest.raises(RouteFailed, match="no release for linux on riscv64"):
        release.archive_name(VERSION, "linux", "riscv64")


def test_the_programs_are_unpacked_to_be_run(tmp_path: Path) -> None:
    site = Site(archive_of(*(f"pulumi/{program}" for program in PROGRAMS)))
    release.install(tmp_path, VERSION, fetch=site.fetch, archive=ARCHIVE)
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == dict.fromkeys(PROGRAMS, 0o755)


def test_other_bytes_than_those_published_are_refused(tmp_path: Path) -> None:
    site = Site(archive_of("pulumi/pulumi"), published=b"something else")
    with pytest.raises(RouteFailed, match="not what was published"):
        release.install(tmp_path, VERSION, fetch=site.fetch, archive=ARCHIVE)
    assert not list(tmp_path.iterdir())


def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    site = Site(archive_of("../../evil", "/abs/evil2", *PROGRAMS))
    target = tmp_path / "a" / "b"
    target.mkdir(parents=True)
    release.install(target, VERSION, fetch=site.fetch, archive=ARCHIVE)
    assert {path.name for path in target.iterdir()} == {*PROGRAMS, "evil", "evil2"}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_release_that_lacks_a_program_is_refused(tmp_path: Path) -> None:
    site = Site(archive_of("pulumi/pulumi"))
    with pytest.raises(RouteFailed, match="lacks pulumi-language-python"):
        release.install(tmp_path, VERSION, fetch=site.fetch, archive=ARCHIVE)


def test_an_archive_without_a_checksum_is_not_downloaded(tmp_path: Path) -> None:
    site = Site(b"")
    with pytest.raises(RouteFailed, match=r"no checksum for pulumi-v9\.tar\.gz"):
        release.install(tmp_path, VERSION, fetch=site.fetch, archive="pulumi-v9.tar.gz")
    assert site.asked == [f"{release.SITE}/pulumi-1.2.3-checksums.txt"]


def test_a_machine_without_internet_hears_what_to_do(tmp_path: Path) -> None:
    def fetch(url: str, seconds: float) -> Download:
        raise urllib.error.URLError("Name or service not known")

    with pytest.raises(RouteFailed, match="Name or service not known") as caught:
        release.install(tmp_path, VERSION, fetch=fetch, archive=ARCHIVE)
    assert "https_proxy" in caught.value.remedy


def test_a_site_that_stays_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "KNOCK_SECONDS", 0.05)
    end_of_test = threading.Event()

    def fetch(url: str, seconds: float) -> Download:
        end_of_test.wait()
        raise OSError

    with pytest.raises(RouteFailed, match="no response within"):
        release.install(tmp_path, VERSION, fetch=fetch, archive=ARCHIVE)
    end_of_test.set()

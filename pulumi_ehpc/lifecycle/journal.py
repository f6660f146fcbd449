"""The journal of intents: what this machine was about to create on clusters that are not the stack's own.

There, what exists is not taken. But a run that is killed between a creating call and the engine's writing of the state
leaves an object that is in no state, and the next run must recognise it. So before each creating call the resource, the
cluster and the keys are written down, once a look has found the keys absent, and stay until the resource deletes what
it made: the engine writes the state only after the call has returned.

An intent is believed for seven days. Where the service reports when an object was made, it is not believed of what is
older than the intent, or of what was made more than a day after it: that is somebody else's. The service reports it of
users and nodes, and of queues in 2024-07-30; it does not of queues in 2018-04-12, nor of mounts. Those are recognised
by their key alone.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from filelock import FileLock

from pulumi_ehpc.api.clock import Clock

BELIEVED_FOR: Final = timedelta(days=7)
CLOCK_DIFFERENCE: Final = timedelta(minutes=5)
"""How much this machine's clock and the service's may differ, which reports some times without their seconds."""
MADE_WITHIN: Final = timedelta(days=1)
"""How long after its intent an object may be made; nodes that are out of stock come late."""
_LOCK_SECONDS: Final = 10.0

_Intents = dict[str, dict[str, datetime]]
"""When it was written down, by cluster and key."""


@dataclass(frozen=True)
class _File:
    """The intents of one resource; its ownership marker names the file."""

    marker: str
    resource_type: str
    urn: str
    intents: _Intents


class Journal:
    """A folder with a small file for each resource that has intents. Safe to use from many threads and processes.

    Args:
        folder: Where the files are; None to keep none.
        clock: The clock.
    """

    def __init__(self, folder: Path | None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self._folder = folder
        self._reported: set[str] = set()
        self._guard = threading.Lock()

    def read(self, marker: str, urn: str, log: Callable[[str], None]) -> _Intents:
        """Return the intents of a resource that are not too old to be believed.

        Args:
            marker: The resource's ownership marker, which names its file.
            urn: The engine's name of the resource.
            log: Leaves a lasting message.
        """
        if self._folder is None:
            return {}
        path = self._path(self._folder, marker)
        try:
            file = self._parse(path)
            # Another resource's marker may happen to be the same.
            return file.intents if file.urn == urn else {}
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            self._report_unusable(self._folder, error, log)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            self._report(f"{path} is no file of the journal of intents ({type(error).__name__}) and is ignored.", log)
        return {}

    def newer_elsewhere(self, marker: str, resource_type: str, cluster: str, own: Mapping[str, datetime]) -> set[str]:
        """Return the keys in a cluster that another resource of the type wrote down after this one did.

        Args:
            marker: The resource's ownership marker, which names its file.
            resource_type: Name of the resource type.
            cluster: Id of the cluster.
            own: When this resource wrote down its own keys.
        """
        others = [each for each in self._files() if each.marker != marker and each.resource_type == resource_type]
        times = [(key, time) for each in others for key, time in each.intents.get(cluster, {}).items()]
        return {key for key, time in times if key not in own or time > own[key]}

    def noted(self, urn: str, cluster: str) -> set[str]:
        """Return the keys in a cluster that a resource has written down, whatever its marker is."""
        return {key for each in self._files() if each.urn == urn for key in each.intents.get(cluster, {})}

    def change(
        self, marker: str, resource_type: str, urn: str, change: Callable[[_Intents], None], log: Callable[[str], None]
    ) -> None:
        """Change the intents of a resource; no other process changes them meanwhile.

        That the folder cannot be written is no reason to fail: it is said, once.

        Args:
            marker: The resource's ownership marker, which names its file.
            resource_type: Name of the resource type.
            urn: The engine's name of the resource.
            change: Changes the intents in place.
            log: Leaves a lasting message.
        """
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self._folder / ".lock", timeout=_LOCK_SECONDS, mode=0o600):
                self._remove_expired(self._folder)
                intents = self.read(marker, urn, log)
                change(intents)
                self._write(self._path(self._folder, marker), resource_type, urn, intents)
        except (OSError, NotImplementedError) as error:
            self._report_unusable(self._folder, error, log)

    def _path(self, folder: Path, marker: str) -> Path:
        return folder / f"{marker}.json"

    def _files(self) -> Iterator[_File]:
        """Yield every file. One that is gone, or cannot be read, is its resource's affair, and reported there."""
        for path in self._folder.glob("pulumi-*.json") if self._folder is not None else ():
            with suppress(OSError, ValueError, TypeError, AttributeError, KeyError):
                yield self._parse(path)

    def _parse(self, path: Path) -> _File:
        content = json.loads(path.read_text(encoding="utf-8"))
        oldest = self.clock.now() - BELIEVED_FOR
        intents: _Intents = {}
        for cluster, keys in content["intents"].items():
            times = {key: datetime.fromisoformat(time) for key, time in keys.items()}
            intents[cluster] = {key: time for key, time in times.items() if time > oldest}
        return _File(path.stem, str(content.get("resource_type")), content["urn"], intents)

    def _write(self, path: Path, resource_type: str, urn: str, intents: _Intents) -> None:
        """Replace a file by another one in one step: whoever is killed meanwhile leaves the old one."""
        kept = {
            cluster: {key: time.isoformat() for key, time in keys.items()} for cluster, keys in intents.items() if keys
        }
        if not kept:
            path.unlink(missing_ok=True)
            return
        content = {"resource_type": resource_type, "urn": urn, "intents": kept}
        # A temporary file has mode 0600 from the beginning.
        handle, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=1)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _remove_expired(self, folder: Path) -> None:
        """Remove files that nobody believes any more, and what processes left that were killed while writing."""
        oldest = (self.clock.now() - BELIEVED_FOR).timestamp()
        for path in folder.glob("pulumi-*.json*"):
            # Another process may remove it first.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def _report_unusable(self, folder: Path, error: Exception, log: Callable[[str], None]) -> None:
        reason = getattr(error, "strerror", None) or type(error).__name__
        self._report(
            f"The journal of intents in {folder} cannot be used ({reason}): what an interrupted run makes on a cluster "
            "that is not this stack's is not recognised by the next one. Set ehpc:journal to a folder that can be "
            "written.",
            log,
        )

    def _report(self, problem: str, log: Callable[[str], None]) -> None:
        with self._guard:
            if problem in self._reported:
                return
            self._reported.add(problem)
        log(problem)


@dataclass(frozen=True)
class Intents:
    """What one resource was about to create on one cluster.

    Attributes:
        journal: The journal.
        marker: The resource's ownership marker.
        resource_type: Name of the resource type.
        urn: The engine's name of the resource.
        cluster: Id of the cluster.
        needed: Whether the cluster is not the stack's own: on that one the program has the last word, and nothing needs
            to be written down.
        log: Leaves a lasting message.
    """

    journal: Journal
    marker: str
    resource_type: str
    urn: str
    cluster: str
    needed: bool
    log: Callable[[str], None]

    def write(self, keys: Collection[str]) -> set[str]:
        """Write down what is about to be created, and return what was not written down before.

        The keys were looked for and are absent, or a part of what belongs to them was made already and goes on.
        """
        if not (self.needed and keys):
            return set()
        fresh: set[str] = set()
        now = self.journal.clock.now()

        def change(intents: _Intents) -> None:
            here = intents.setdefault(self.cluster, {})
            fresh.update(key for key in keys if key not in here)
            here.update(dict.fromkeys(fresh, now))

        self._change(change)
        return fresh

    def take(self, keys: Collection[str]) -> None:
        """Write down that what exists is this resource's from now on, whoever wrote it down before."""
        self.drop(keys)
        self.write(keys)

    def drop(self, keys: Collection[str]) -> None:
        """Forget keys: they are absent, deleted, or their creation was refused."""
        if self._here().keys() & set(keys):
            self._change(lambda intents: _keep(intents, self.cluster, lambda key: key not in keys))

    def drop_absent(self, present: Collection[str]) -> None:
        """Forget every key that a look at the cluster did not find."""
        if self._here().keys() - set(present):
            self._change(lambda intents: _keep(intents, self.cluster, lambda key: key in present))

    def show(self, times: Mapping[str, Iterable[str]]) -> set[str]:
        """Return the keys of objects that an interrupted run of this resource made.

        Args:
            times: For each key, the times at which its objects were made as the service reports them; empty where it
                does not.
        """
        here = self._here() if self.needed else {}
        found = {key for key, made in times.items() if key in here and all(_fits(here[key], time) for time in made)}
        return found - self.of_others() if found else found

    def of_others(self) -> set[str]:
        """Return the keys under which another resource has created something since this one did.

        It looked before, and found nothing: what this one made was gone by then.
        """
        if not self.needed:
            return set()
        return self.journal.newer_elsewhere(self.marker, self.resource_type, self.cluster, self._here())

    def _here(self) -> Mapping[str, datetime]:
        return self.journal.read(self.marker, self.urn, self.log).get(self.cluster, {})

    def _change(self, change: Callable[[_Intents], None]) -> None:
        self.journal.change(self.marker, self.resource_type, self.urn, change, self.log)


def _keep(intents: _Intents, cluster: str, kept: Callable[[str], bool]) -> None:
    intents[cluster] = {key: time for key, time in intents.get(cluster, {}).items() if kept(key)}


def _fits(intent: datetime, made: str) -> bool:
    """Tell whether an object may have been made by the call that an intent was written for."""
    time = _parsed(made)
    return time is None or intent - CLOCK_DIFFERENCE <= time <= intent + MADE_WITHIN


def _parsed(time: str) -> datetime | None:
    """Read a time such as ``2018-05-28T02:59:44.000Z`` or ``2024-08-22T11:38Z``; None where it shows nothing."""
    try:
        parsed = datetime.fromisoformat(time.replace("Z", "+00:00"))
    except ValueError:
        return None
    # Without a time zone it may be hours off.
    return None if parsed.tzinfo is None else parsed.astimezone(timezone.utc)

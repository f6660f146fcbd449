"""Full-state writes: a change of one part of something of which the API only sets the whole.

The whole is read, one part is changed, and everything is sent back. On one machine a lock keeps two changes apart. From
another machine somebody may write in between, and lose what was written here, or have lost what was written there. So
after each write the whole is looked at again, once where all is well. Where the own part has fallen back and other
parts have changed, somebody wrote what was read before; then all is done again. Where the own part stands, whoever
changed another one since had seen it, and knew what he did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from pulumi_ehpc.api import Outcome
from pulumi_ehpc.errors import EhpcError, WaitTimeoutError
from pulumi_ehpc.lifecycle.operation import Operation
from pulumi_ehpc.schema.codec import same_word
from pulumi_ehpc.schema.diff import as_declared

Parts = dict[str, Any]
"""The parts of a whole by their names, in the request's spelling."""

SEEN_SECONDS: Final = 3.0
"""How long a write is looked for that the service may not carry out, although it accepts it."""
MADE_SECONDS: Final = 30.0
"""The same, where it makes something."""
_WRITES: Final = 5
"""How often something is written that others overwrite."""
_STANDS, _OVERWRITTEN, _NOT_SEEN = "done", "overwritten by somebody else", "not to be seen yet"


@dataclass(frozen=True)
class FullState:
    """Something of which the API only sets the whole.

    Attributes:
        op: The operation that changes it.
        lock: Id of what is locked meanwhile.
        name: The whole in words, such as ``the mounts of ehpc-1``.
        read: Returns the parts as the service has them now.
        write: Sends all parts.
    """

    op: Operation[Any]
    lock: str
    name: str
    read: Callable[[], Parts]
    write: Callable[[Parts], object]

    def change_or_note(self, change: Callable[[Parts], Parts]) -> None:
        """Change a part, and leave a lasting note where the service accepts that and does not show it."""
        if not self.change(change):
            self.op.engine.log(f"{self.name}: the service accepted the change, and does not show it yet")

    def change(self, change: Callable[[Parts], Parts], *, seen_within: float = SEEN_SECONDS) -> bool:
        """Change a part and keep the others; nothing is sent for nothing.

        Args:
            change: Returns the parts with one changed, added or taken out. It may change what it is given.
            seen_within: Seconds that what was written is looked for.

        Returns:
            Whether what was written is to be seen. If not, nobody else wrote: the service has not carried it out.

        Raises:
            WaitTimeoutError: The service accepted it, but others overwrite it each time, or looking at it fails.
            WaitCancelledError: The run was cancelled.
        """
        lost: Parts = {}
        with self.op.lock(self.lock):
            for _ in range(_WRITES):
                before = self.read()
                wanted = change(deepcopy({**lost, **before}))
                if wanted == before:
                    return True
                self.write(wanted)
                own = {name for name in {*before, *wanted} if before.get(name) != wanted.get(name)}
                state, now = self._look(before, wanted, own, seen_within)
                if state != _OVERWRITTEN:
                    return state == _STANDS
                theirs = wanted.keys() - (own - lost.keys())
                lost = {name: wanted[name] for name in sorted(theirs - now.keys())}
                self._log_overwritten(lost)
        raise WaitTimeoutError(
            f"{self.op.title}: others change {self.name} at the same time, and have overwritten what was written "
            f"{_WRITES} times.",
            state=_OVERWRITTEN,
            next_step="Let other runs on this cluster end, on other machines as well; then run `pulumi up` again.",
        )

    def _look(self, before: Parts, wanted: Parts, own: set[str], seen_within: float) -> tuple[str, Parts]:
        """Return what came of a write, and the parts as they are now."""
        now: Parts = {}
        failures: list[EhpcError] = []

        def probe() -> tuple[Outcome, str]:
            failures.clear()
            try:
                found = self.read()
            except EhpcError as error:
                # The write was accepted, so whatever fails here must not look as if it was refused.
                failures.append(error)
                return Outcome.PENDING, _NOT_SEEN
            now.clear()
            now.update(found)
            return _judge(before, wanted, now, own)

        outcome, state = probe()
        if outcome is Outcome.PENDING:
            try:
                state = self.op.wait_until(probe, self.name, timeout_seconds=seen_within)
            except WaitTimeoutError:
                # A service that shows what was before is no failure here; who changed it decides.
                state = _NOT_SEEN
        if failures:
            raise WaitTimeoutError(
                f"{self.op.title}: {self.name}: the service accepted the change, but looking at it failed: "
                f"{failures[0]}",
                state=_NOT_SEEN,
                next_step="Run `pulumi up` again: it looks first.",
            )
        return state, now

    def _log_overwritten(self, lost: Parts) -> None:
        back = f"; so is what went with it: {', '.join(lost)}" if lost else ""
        self.op.engine.log(
            f"{self.name}: somebody else wrote at the same time and overwrote this change; it is made again{back}"
        )


def _judge(before: Parts, wanted: Parts, now: Parts, own: set[str]) -> tuple[Outcome, str]:
    """Tell what came of a write of some parts."""
    if all(_alike(wanted.get(name), as_declared(wanted.get(name), now.get(name))) for name in own):
        return Outcome.DONE, _STANDS
    if any(before.get(name) != now.get(name) for name in {*before, *now} - own):
        return Outcome.DONE, _OVERWRITTEN
    if all(_may_stand(before.get(name), wanted.get(name), now.get(name)) for name in own):
        return Outcome.DONE, _STANDS
    return Outcome.PENDING, _NOT_SEEN


def _may_stand(before: Any, wanted: Any, now: Any) -> bool:
    """Tell whether a part is as it was written, where the service spells it its own way or does not report all of it.

    Nobody else has written; so a part that is not as it was before is as it was written.
    """
    if wanted is not None and now is None:
        return False
    return bool(now != before) or _alike(as_declared(now, wanted), as_declared(wanted, now))


def _alike(one: Any, other: Any) -> bool:
    """Tell whether two values differ at most in how their words are spelled."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return bool(one == other) or (None not in (one, other) and same_word(str(one), str(other)))

"""Ids and addresses, the same in every run with the same seed."""

from __future__ import annotations

import random
import string
import uuid

__all__ = ["Ids"]

_ALPHANUMERIC = string.ascii_letters + string.digits
_LOWER = string.ascii_lowercase + string.digits


class Ids:
    """Makes ids of the form the service uses.

    Requests draw from a stream of their own, so that extra reads do not change the ids of what is created.

    Args:
        seed: Equal seeds give equal ids.
    """

    def __init__(self, seed: int = 0) -> None:
        self._objects = random.Random(f"{seed}/objects")
        self._requests = random.Random(f"{seed}/requests")

    def request(self) -> str:
        """A request id, an upper-case UUID."""
        return _uuid(self._requests)

    def task(self) -> str:
        """A task id, an upper-case UUID."""
        return _uuid(self._objects)

    def cluster(self, region_code: str) -> str:
        """A cluster id, for example ``ehpc-hz-FYUr32Ab9x``."""
        return f"ehpc-{region_code}-{self._draw(_ALPHANUMERIC, 10)}"

    def instance(self) -> str:
        """An ECS instance id, for example ``i-bp1j76z8dlukzqgl0amw``."""
        return f"i-bp1{self._draw(_LOWER, 17)}"

    def other(self, prefix: str) -> str:
        """An id of another service's object, made as a side effect (security group, file system)."""
        return f"{prefix}-{self._draw(_LOWER, 16)}"

    def public_address(self) -> str:
        """An address of the network reserved for benchmarks, so that it can never be somebody's."""
        return f"198.18.{self._objects.randrange(256)}.{self._objects.randrange(1, 255)}"

    def salt(self) -> bytes:
        """Sixteen bytes to hash a password with."""
        return self._objects.randbytes(16)

    def _draw(self, alphabet: str, length: int) -> str:
        return "".join(self._objects.choices(alphabet, k=length))


def _uuid(stream: random.Random) -> str:
    return str(uuid.UUID(int=stream.getrandbits(128), version=4)).upper()

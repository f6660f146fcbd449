"""Ids and addresses, the same in every run with the same seed."""

from __future__ import annotations

import random
import string
import uuid

__all__ = ["Ids"]

_ALPHANUMERIC = string.ascii_letters + string.digits
_LOWER = string.ascii_lowercase + string.digits


class Ids:
    """Generates ids in the service's formats.

    Requests draw from a stream of their own, so that extra reads do not change the ids of what is created.

    Args:
        seed: Equal seeds give equal ids.
    """

    def __init__(self, seed: int = 0) -> None:
        self._objects = random.Random(f"{seed}/objects")
        self._requests = random.Random(f"{seed}/requests")

    def request(self) -> str:
        """Generate a request id, an uppercase UUID."""
        return _uuid(self._requests)

    def task(self) -> str:
        """Generate a task id, an uppercase UUID."""
        return _uuid(self._objects)

    def cluster(self, region_code: str) -> str:
        """Generate a cluster id, for example ``ehpc-hz-FYUr32Ab9x``."""
        return f"ehpc-{region_code}-{self._draw(_ALPHANUMERIC, 10)}"

    def instance(self) -> str:
        """Generate an ECS instance id, for example ``i-bp1j76z8dlukzqgl0amw``."""
        return f"i-bp1{self._draw(_LOWER, 17)}"

    def other(self, prefix: str) -> str:
        """Generate the id of another service's object that is created on the way (security group, file system)."""
        return f"{prefix}-{self._draw(_LOWER, 16)}"

    def public_address(self) -> str:
        """Generate an address in the network reserved for benchmarks, so that nobody owns it."""
        return f"198.18.{self._objects.randrange(256)}.{self._objects.randrange(1, 255)}"

    def salt(self) -> bytes:
        """Generate sixteen bytes to hash a password with."""
        return self._objects.randbytes(16)

    def _draw(self, alphabet: str, length: int) -> str:
        return "".join(self._objects.choices(alphabet, k=length))


def _uuid(stream: random.Random) -> str:
    return str(uuid.UUID(int=stream.getrandbits(128), version=4)).upper()

"""Users of a cluster."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

__all__ = ["SecretHash", "User"]


@dataclass(frozen=True)
class SecretHash:
    """A salted hash of a password or key; enough to tell whether another one is the same."""

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    @classmethod
    def of(cls, secret: str, salt: bytes) -> SecretHash:
        """Hash a secret."""
        return cls(salt, _digest(secret, salt))

    def matches(self, secret: str) -> bool:
        """Return whether this is the hash of a secret."""
        return hmac.compare_digest(self.digest, _digest(secret, self.salt))


def _digest(secret: str, salt: bytes) -> bytes:
    # One round: the secrets are test data, and creating users has to be fast.
    return hmac.new(salt, secret.encode(), hashlib.sha256).digest()


@dataclass
class User:
    """A user of a cluster.

    Attributes:
        password: Hash of the password or public key; None without either.
        password_changes: How often the password was changed since the user was added.
    """

    name: str
    group: str
    user_id: int
    added_at: float
    password: SecretHash | None = field(default=None, metadata={"shown": False})
    password_changes: int = 0

    @property
    def group_id(self) -> int:
        """Numeric id of the user's group on the nodes."""
        return 10 if self.group == "wheel" else 100

    def set_password(self, password: str, salt: bytes) -> None:
        """Change the password; setting the same one again changes nothing."""
        if self.password is None or not self.password.matches(password):
            self.password = SecretHash.of(password, salt)
            self.password_changes += 1

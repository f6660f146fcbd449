"""A client for both versions of the E-HPC API.

Importing this package is cheap: slow imports and the spec data are loaded when a client is created and used.
"""

from __future__ import annotations

from pulumi_ehpc.api.client import Client
from pulumi_ehpc.api.credentials import Credentials
from pulumi_ehpc.api.settings import Settings
from pulumi_ehpc.api.version_client import VersionClient
from pulumi_ehpc.api.waiters import Outcome, Probe, Wait

__all__ = ["Client", "Credentials", "Outcome", "Probe", "Settings", "VersionClient", "Wait"]

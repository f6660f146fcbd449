"""The wire: a client for both versions of the E-HPC API.

Importing this is light: what takes long to import, and the spec data, are loaded when a client is made and used.
"""

from __future__ import annotations

from pulumi_ehpc.api.bound import BoundClient
from pulumi_ehpc.api.client import Client, Probed
from pulumi_ehpc.api.clock import Clock, SystemClock
from pulumi_ehpc.api.credentials import Keys, KeySource
from pulumi_ehpc.api.settings import Settings
from pulumi_ehpc.api.waiters import Outcome, Probe

__all__ = [
    "BoundClient",
    "Client",
    "Clock",
    "KeySource",
    "Keys",
    "Outcome",
    "Probe",
    "Probed",
    "Settings",
    "SystemClock",
]

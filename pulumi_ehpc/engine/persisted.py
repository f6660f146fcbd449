"""The persisted provider classes, by the resource type they serve.

Pulumi stores a provider as its module and class name, so the classes stand in ``pulumi_ehpc/_providers.py`` for ever.
That path is in every state, and is the only module that is found by a string.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from pulumi.dynamic import ConfigureRequest, ResourceProvider

from pulumi_ehpc.engine import plugin_process
from pulumi_ehpc.engine.stack_settings import DEFAULT_CONCURRENCY, STACK_SETTINGS, StackSettings, lock_folder
from pulumi_ehpc.errors import EhpcError
from pulumi_ehpc.lifecycle.journal import Journal
from pulumi_ehpc.lifecycle.locks import Locks
from pulumi_ehpc.lifecycle.session import Session

_PERSISTED_MODULE: Final = "pulumi_ehpc._providers"
_classes: Final[dict[str, type[ResourceProvider]]] = {}


class PersistedProvider(ResourceProvider):
    """Base of the persisted provider classes.

    An instance is pickled into every state by its class's path alone, so it must have no attributes when a program
    makes it. A class that stands in ``_providers.py`` says which resource type it serves.

    Attributes:
        config: The stack's settings; in the plugin process only.
    """

    serialize_as_secret_always = False
    config: dict[str, str]

    def __init_subclass__(cls, serves: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if serves:
            _classes[serves] = cls

    def configure(self, req: ConfigureRequest) -> None:
        """Read the stack's settings and make the process ready; any provider may be the first that it runs."""
        self.config = {key: value for key in STACK_SETTINGS if (value := req.config.get(key)) is not None}
        try:
            workers = StackSettings.resolve(self.config, os.environ).concurrency
        except EhpcError:
            workers = DEFAULT_CONCURRENCY  # the first check reports what is wrong
        plugin_process.prepare(workers)


def provider_for(resource_type: str) -> ResourceProvider:
    """Return the provider that a resource is registered with."""
    import_module(_PERSISTED_MODULE)
    return _classes[resource_type]()


_sessions: Final[dict[tuple[tuple[str, str], ...], Session]] = {}
_sessions_guard: Final = threading.Lock()


def session_for(config: Mapping[str, str]) -> Session:
    """Return this process's session for a configuration; all resource types share it."""
    key = tuple(sorted(config.items()))
    with _sessions_guard:
        if key not in _sessions:
            settings = StackSettings.resolve(config, os.environ)
            journal, locks = Journal(settings.journal), Locks(lock_folder())
            _sessions[key] = Session(settings.client, settings.api_version, journal, locks)
        return _sessions[key]

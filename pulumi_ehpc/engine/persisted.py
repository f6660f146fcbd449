"""The persisted provider classes, by the resource type they serve.

Pulumi stores a provider as its module and class name, so the classes stand in ``pulumi_ehpc/_providers.py`` for ever.
That path is in every state, and is the only module that is found by a string.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from pulumi.dynamic import ResourceProvider

_PERSISTED_MODULE: Final = "pulumi_ehpc._providers"
_classes: Final[dict[str, type[ResourceProvider]]] = {}


class PersistedProvider(ResourceProvider):
    """Base of the persisted provider classes.

    An instance is pickled into every state by its class's path alone, so it must have no attributes when a program
    makes it. A class that stands in ``_providers.py`` says which resource type it serves.
    """

    serialize_as_secret_always = False

    def __init_subclass__(cls, serves: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if serves:
            _classes[serves] = cls


def provider_for(resource_type: str) -> ResourceProvider:
    """Return the provider that a resource is registered with."""
    import_module(_PERSISTED_MODULE)
    return _classes[resource_type]()

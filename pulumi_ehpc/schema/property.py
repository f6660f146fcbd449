"""What a property is: its shape, its limits, whether it is secret, and what a change of it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from pulumi_ehpc.schema.unknowns import Unknown
from pulumi_ehpc.wording import SECRET

if TYPE_CHECKING:
    from pulumi_ehpc.schema.properties import Args


class Change(Enum):
    """What a change of a property does to the living object."""

    UPDATE = "update"
    """Changed in place."""
    REPLACE = "replace"
    """Needs a new object; the old one is deleted first."""
    IGNORE = "ignore"
    """Steers this package only; the service never sees it."""


UPDATE, REPLACE, IGNORE = Change.UPDATE, Change.REPLACE, Change.IGNORE


class PropertyType(Enum):
    """Shape of a value; the text is what messages say."""

    STRING = "a string"
    INTEGER = "an integer"
    NUMBER = "a number"
    BOOLEAN = "a boolean"
    STRING_LIST = "a list of strings"
    STRING_MAP = "a map of strings"
    NESTED = "an object"
    NESTED_LIST = "a list of objects"
    KEYED_LIST = "a list of objects with unique keys"


_LISTS: Final = (PropertyType.STRING_LIST, PropertyType.NESTED_LIST)
_MAPS: Final = (PropertyType.STRING_MAP, PropertyType.KEYED_LIST)


class Required(Enum):
    """Type of ``REQUIRED``, the default of a property that must be given."""

    REQUIRED = "required"


REQUIRED: Final = Required.REQUIRED


@dataclass(eq=False)
class Property:
    """One property.

    Attributes:
        property_type: Shape of the value.
        default: Used when nothing is given; ``None`` leaves it to the service, ``REQUIRED`` means there is none.
        change: What a change does, where the handler of the API version does not say otherwise.
        remedy: For ``REPLACE``: what a person can do instead of replacing.
        secret: Never shown, kept encrypted in state, never an output.
        choices: Allowed strings, as people write them.
        limits: Minimum and maximum of a number, where the API's specification has none.
        length: Minimum and maximum length of a string.
        pattern: Regular expression the whole string must match.
        pattern_rule: The pattern in words, for messages.
        may_be_empty: Whether a string may be empty or blank; ids and names never may.
        directory: Whether a string is a path, in which more slashes than one and those at its end make no difference.
        items: Minimum and maximum number of entries of a list or map.
        args: Class of the nested object.
        reference: Name of the resource type whose resource may be given in place of its id or name.
        reference_by: Which of the two it is: ``id`` or ``name``.
        generated: Whether a value is generated where none is given.
        key: For a keyed list: the nested property that tells entries apart.
        value: For a keyed list: the nested property that is kept beside the key.
        handled: How every API version sets it by other means than a field of an action.
        former_name: Name under which older releases kept it in state.
        name: Its name, as the class that declares it says.
    """

    property_type: PropertyType
    default: Any = REQUIRED
    change: Change = UPDATE
    remedy: str = ""
    secret: bool = False
    choices: tuple[str, ...] = ()
    limits: tuple[float, float] | None = None
    length: tuple[int, int] | None = None
    pattern: str = ""
    pattern_rule: str = ""
    may_be_empty: bool = False
    directory: bool = False
    items: tuple[int, int] | None = None
    args: type[Args] | None = None
    reference: str = ""
    reference_by: str = ""
    generated: bool = False
    key: str = ""
    value: str = ""
    handled: str = ""
    former_name: str = ""
    name: str = ""

    @property
    def required(self) -> bool:
        """Tell whether a value must be given."""
        return self.default is REQUIRED

    @property
    def wanted(self) -> str:
        """What a value must be, in words."""
        if self.reference:
            return f"a {self.reference} or its {self.reference_by}"
        return f"{self.property_type.value} ({self.args.__name__})" if self.args else self.property_type.value

    @property
    def nested(self) -> Mapping[str, Property]:
        """The properties of the nested object; none for other types."""
        return self.args.properties() if self.args is not None else {}

    def normal(self, value: str) -> str:
        """Return a string as it is kept and compared: directories with one spelling."""
        return re.sub("/+", "/", value).rstrip("/") or "/" if self.directory and value else value

    @cached_property
    def secret_maps(self) -> Mapping[str, str]:
        """For a keyed list: stored name of each secret nested property, which is kept as a map of its own."""
        if self.property_type is not PropertyType.KEYED_LIST:
            return {}
        return {f"{name}s": name for name, nested in self.nested.items() if nested.secret}

    def read(self, values: Mapping[str, Any]) -> Any:
        """Return the property's value out of plain values, typed as handlers read it."""
        value = values.get(self.name)
        if isinstance(value, Unknown):
            return value
        if self.property_type is PropertyType.KEYED_LIST and self.args is not None:
            return {key: self.args.of(entry) for key, entry in self.entries(values).items()}
        if value is None:
            return [] if self.property_type in _LISTS else {} if self.property_type in _MAPS else None
        if self.args is None:
            return value
        if self.property_type in _LISTS and isinstance(value, (list, tuple)):
            # Entries that are not known yet are not there for rules.
            return [self.args.of(item) for item in value if isinstance(item, (Mapping, self.args))]
        # A program may also have given an Output.
        return self.args.of(value) if isinstance(value, (Mapping, self.args)) else value

    def entries(self, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """For a keyed list: join its stored maps to whole entries, by key.

        They are sorted, because the engine hands maps over in no order: calls, messages and outputs are the same in
        each run.
        """
        return {
            key: {self.key: key, self.value: value, **self.secrets_of(key, values)}
            for key, value in sorted((values.get(self.name) or {}).items(), key=lambda entry: str(entry[0]))
        }

    def secrets_of(self, key: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """For a keyed list: return the secrets of one entry out of the stored maps."""
        return {nested: _at(values.get(stored), key) for stored, nested in self.secret_maps.items()}

    def stored(self, entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """For a keyed list: split entries into the map that everybody may see and a map for each secret."""
        public = {key: entry.get(self.value) for key, entry in entries.items()}
        secrets = {
            stored: {key: entry[nested] for key, entry in entries.items() if entry.get(nested) is not None}
            for stored, nested in self.secret_maps.items()
        }
        return {self.name: public, **secrets}

    def split(self, given: Any) -> dict[str, Any]:
        """For a keyed list: split what a program gives.

        A list that makes no map (a key is missing or there twice, a nested name does not exist) stays a list, without
        its secrets, so that ``check`` can report what is wrong with it.
        """
        if not isinstance(given, (list, tuple)):
            return {self.name: SECRET, **dict.fromkeys(self.secret_maps)}
        objects = [entry for entry in given if isinstance(entry, Mapping)]
        entries = {key: entry for entry in objects if isinstance(key := entry.get(self.key), str) and key.strip()}
        stored = self.stored(entries)
        if len(entries) == len(given) and all(entry.keys() <= self.nested.keys() for entry in objects):
            default = self.nested[self.value].default
            public = {key: default if value is None else value for key, value in stored[self.name].items()}
            return {**stored, self.name: public}
        return {**stored, self.name: [self._public(entry) for entry in given]}

    def _public(self, entry: Any) -> Any:
        """Return an entry without secrets; what is no object, or has a misspelt name, may be one."""
        if not isinstance(entry, Mapping):
            return SECRET
        shown = {name: value if name in self.nested else SECRET for name, value in entry.items()}
        return {name: value for name, value in shown.items() if name not in self.secret_maps.values()}


def _at(held: Any, key: str) -> Any:
    return held if isinstance(held, Unknown) else (held or {}).get(key)

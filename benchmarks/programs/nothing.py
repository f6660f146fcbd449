"""As many resources as `queues` has, its cluster and identity included, that do nothing."""

import os
from typing import Any

from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider


class NothingProvider(ResourceProvider):
    """Do nothing."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make nothing."""
        return CreateResult("nothing", props)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Never differ."""
        return DiffResult(changes=False)


class Nothing(Resource):
    """A resource that is nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(NothingProvider(), name, {"size": 50})


for number in range(int(os.environ["BENCHMARK_COUNT"]) + 2):
    Nothing(f"nothing{number:02}")

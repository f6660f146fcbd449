"""An E-HPC that runs here: stateful, over HTTP, for both API versions, proved by the official SDKs.

::

    with FakeServer(FakeCloud(clock=ManualClock())) as server:
        ...                                  # point any client at server.endpoint, key id and secret "fake"
        server.cloud.advance(300)            # five minutes later

From outside to inside: ``server`` (HTTP), ``cloud`` (one world: clock, keys, state, journal), ``app`` (the steps of a
call), ``wire``, ``auth`` and ``checks`` (those steps), ``operations`` (the actions, in each version's words) and
``models`` (the state and its rules, in no version's words). What is imitated, assumed and left out: docs/fake.md.
"""

from pulumi_ehpc.fake.assumptions import Assumptions
from pulumi_ehpc.fake.auth import AccessKey
from pulumi_ehpc.fake.clock import ManualClock, SystemClock
from pulumi_ehpc.fake.cloud import FakeCloud
from pulumi_ehpc.fake.limits import Durations, Limits
from pulumi_ehpc.fake.server import FakeServer

__all__ = ["AccessKey", "Assumptions", "Durations", "FakeCloud", "FakeServer", "Limits", "ManualClock", "SystemClock"]

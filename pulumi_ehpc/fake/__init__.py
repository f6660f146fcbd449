"""The fake: a stateful implementation of the E-HPC API for tests and trials, proved by the official SDKs.

::

    with FakeServer(FakeCloud(clock=ManualClock())) as server:
        ...                                  # point any client at server.endpoint, key id and secret "fake"
        server.cloud.advance(300)            # five minutes later

Imports go one way, from the top down:

::

    serving, server             the command line's server; HTTP
    cloud                       FakeCloud, the WSGI application: sends each request to one of the next two
    app, control                API requests; the fake's own interface under /_fake/
    operations                  the actions, in the parameter names of each API version
    auth, wire, checks          the steps of an API request before its action
    state, journal, snapshot    clock, ids, calls, clusters, and what is due
    models                      the objects and their rules, the same for both API versions

What is implemented, assumed and left out: docs/fake.md.
"""

from pulumi_ehpc.fake.assumptions import Assumptions
from pulumi_ehpc.fake.auth import AccessKey
from pulumi_ehpc.fake.clock import FakeClock, ManualClock, ScaledClock
from pulumi_ehpc.fake.cloud import FakeCloud
from pulumi_ehpc.fake.limits import Durations, Limits
from pulumi_ehpc.fake.server import FakeServer

__all__ = [
    "AccessKey",
    "Assumptions",
    "Durations",
    "FakeClock",
    "FakeCloud",
    "FakeServer",
    "Limits",
    "ManualClock",
    "ScaledClock",
]

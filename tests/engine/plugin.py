"""The engine's side of a provider process: starts ``python -m pulumi.dynamic`` and calls it over gRPC."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc

from tests.engine.calls import struct

TIMEOUT_SECONDS = 60


class Engine(engine_pb2_grpc.EngineServicer):
    """Listens where the plugin expects its engine, and keeps the messages it gets."""

    def __init__(self) -> None:
        self.messages: list[engine_pb2.LogRequest] = []
        self._arrived = threading.Condition()
        self._server = grpc.server(ThreadPoolExecutor(4))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        port = self._server.add_insecure_port("127.0.0.1:0")
        self.address = f"127.0.0.1:{port}"
        self._server.start()

    def Log(self, request: engine_pb2.LogRequest, context: Any) -> empty_pb2.Empty:  # noqa: N802 - gRPC's name
        with self._arrived:
            self.messages.append(request)
            self._arrived.notify_all()
        return empty_pb2.Empty()

    def wait_for(self, wanted: Callable[[engine_pb2.LogRequest], bool]) -> engine_pb2.LogRequest:
        """Wait until the plugin has sent such a message."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: any(map(wanted, self.messages)), TIMEOUT_SECONDS), self.messages
            return next(filter(wanted, self.messages))

    def stop(self) -> None:
        self._server.stop(0).wait()


class Relay:
    """Stands between a plugin and its engine, and can cut their connections while the engine goes on listening."""

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut every connection; new ones are taken."""
        while True:
            try:
                end = self._ends.pop()
            except IndexError:  # the accepting thread cuts as well
                return
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        try:
            self._accept_until_stopped()
        finally:
            # A connection that came while the relay stopped, or found no engine any more.
            self.cut()

    def _accept_until_stopped(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._ends.append(near)
                far = socket.create_connection(self._target)
                self._ends.append(far)
                self.accepted += 1
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._forward, args=(source, sink), daemon=True).start()

    @staticmethod
    def _forward(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


class Plugin:
    """A provider process and the engine it belongs to."""

    def __init__(self, settings: Mapping[str, str], folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.engine = Engine()
        self.relay = Relay(self.engine.address)
        foreign = ("PULUMI_", "ALIBABA_CLOUD_", "EHPC_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "fake", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "fake"}
        self._errors = (folder / "stderr.txt").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.dynamic", self.relay.address],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**kept, **keys, "XDG_CACHE_HOME": str(folder), "XDG_STATE_HOME": str(folder), **(environ or {})},
        )
        assert self.process.stdout is not None
        self._channel = grpc.insecure_channel(f"127.0.0.1:{int(self.process.stdout.readline())}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self.stub.Configure(provider_pb2.ConfigureRequest(args=struct(dict(settings))), timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Plugin:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._channel.close()
        self.kill_engine()
        self.process.kill()
        self.process.communicate()
        self._errors.close()

    def kill_engine(self) -> None:
        """Take the engine away, as a kill does."""
        self.relay.stop()
        self.engine.stop()

    # -- the engine's calls ---------------------------------------------------------------------------------------

    def check(self, provider: ResourceProvider, urn: str, news: dict[str, Any], olds: dict[str, Any]) -> Any:
        return self.stub.Check(
            provider_pb2.CheckRequest(urn=urn, olds=self._with(provider, olds), news=self._with(provider, news)),
            timeout=TIMEOUT_SECONDS,
        )

    def checked(self, provider: ResourceProvider, urn: str, news: dict[str, Any]) -> dict[str, Any]:
        """Check a new resource; return its inputs."""
        response = self.check(provider, urn, news, {})
        assert list(response.failures) == []
        return plain(response.inputs)

    def diff(
        self,
        provider: ResourceProvider,
        urn: str,
        inputs: dict[str, Any],
        news: dict[str, Any],
        outputs: dict[str, Any],
    ) -> Any:
        return self.stub.Diff(
            provider_pb2.DiffRequest(
                id="the-id",
                urn=urn,
                olds=self._with(provider, outputs),
                news=self._with(provider, news),
                old_inputs=self._with(provider, inputs),
            ),
            timeout=TIMEOUT_SECONDS,
        )

    def create(self, provider: ResourceProvider, urn: str, inputs: dict[str, Any]) -> Any:
        """Begin a create; returns gRPC's future."""
        request = provider_pb2.CreateRequest(urn=urn, properties=self._with(provider, inputs))
        return self.stub.Create.future(request, timeout=TIMEOUT_SECONDS)

    def update(
        self, provider: ResourceProvider, urn: str, id: str, news: dict[str, Any], olds: dict[str, Any], outputs: Any
    ) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(
            id=id,
            urn=urn,
            olds=self._with(provider, outputs),
            news=self._with(provider, news),
            old_inputs=self._with(provider, olds),
        )
        return plain(self.stub.Update(request, timeout=TIMEOUT_SECONDS).properties)

    def read(self, provider: ResourceProvider, urn: str, id: str, inputs: dict[str, Any], outputs: Any) -> Any:
        request = provider_pb2.ReadRequest(
            id=id, urn=urn, properties=self._with(provider, outputs), inputs=self._with(provider, inputs)
        )
        return self.stub.Read(request, timeout=TIMEOUT_SECONDS)

    def delete(self, provider: ResourceProvider, urn: str, id: str, inputs: dict[str, Any], outputs: Any) -> None:
        request = provider_pb2.DeleteRequest(
            id=id, urn=urn, properties=self._with(provider, outputs), old_inputs=self._with(provider, inputs)
        )
        self.stub.Delete(request, timeout=TIMEOUT_SECONDS)

    def cancel(self) -> None:
        self.stub.Cancel(empty_pb2.Empty(), timeout=TIMEOUT_SECONDS)

    def errors(self) -> str:
        """What the process wrote on stderr so far."""
        self._errors.seek(0)
        return self._errors.read().decode()

    @staticmethod
    def _with(provider: ResourceProvider, values: dict[str, Any]) -> Any:
        return struct({**values, "__provider": serialize_provider(provider)})


def plain(properties: Any) -> dict[str, Any]:
    """Read properties as plain Python, without the provider."""
    found: dict[str, Any] = json_format.MessageToDict(properties)
    return {key: value for key, value in found.items() if key != "__provider"}

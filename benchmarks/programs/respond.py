"""A server that gives every request the same response at once; its first line of output is its address."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_BODY = json.dumps({"RequestId": "1", "Clusters": [], "TotalCount": 0, "PageNumber": 1, "PageSize": 10}).encode()


class Responder(BaseHTTPRequestHandler):
    """Sends the response."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # the whole response in one packet

    def do_POST(self) -> None:
        """Read the request and respond."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(_BODY)))
        self.end_headers()
        self.wfile.write(_BODY)

    do_GET = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Responder)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()

"""Importing the room is light; what is heavy comes with the first client."""

from __future__ import annotations

import subprocess
import sys

CHECK = """
import json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import pulumi_ehpc.api
heavy = ["requests", "urllib3", "tenacity", "pyrate_limiter", "sqlite3", "platformdirs", "alibabacloud_credentials"]
print(json.dumps({"heavy": [name for name in heavy if name in sys.modules],
                  "data": [name for name in opened if name.endswith(".json")]}))
"""


def test_importing_is_light() -> None:
    ran = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == '{"heavy": [], "data": []}'

"""Importing the package is cheap; slow imports come with the first client."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pulumi_ehpc.api

PULUMI = re.compile(
    r"\behpc:\w|`pulumi |\bpulumi (up|config|preview|refresh|destroy)\b|^(from|import) pulumi\b", re.MULTILINE
)

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


def test_nothing_is_about_pulumi() -> None:
    folder = Path(pulumi_ehpc.api.__file__).parent
    sources = [path for path in folder.rglob("*") if path.suffix in (".py", ".json")]
    found = {path.name: match.group() for path in sources if (match := PULUMI.search(path.read_text("utf-8")))}
    assert sources and found == {}

"""Answer ``python -m pip list -v --format json`` from the names of the folders that describe the packages."""

import json
import sys
from pathlib import Path

if sys.argv[1:] != ["list", "-v", "--format", "json"]:
    sys.exit(f"tests/stories/quick_pip answers 'pip list -v --format json' only, not {sys.argv[1:]}")

packages = []
for place in sys.path:
    for described in Path(place).glob("*.dist-info"):
        name, version = described.stem.split("-", 1)
        packages.append({"name": name, "version": version, "location": place, "installer": ""})
sys.stdout.write(json.dumps(packages))

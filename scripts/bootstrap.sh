#!/bin/sh
# Find a Python that can run the set-up (3.10 or newer, with the venv module) and start scripts/bootstrap with it.
# PYTHON=/path/to/python3 uses that one and no other.
set -eu
cd "$(dirname "$0")/.."

if [ -z "${PYTHON:-}" ] && [ -x .venv/bin/python ]; then
    exec .venv/bin/python -m scripts.bootstrap "$@"
fi

suitable='
import sys
version = "%d.%d" % sys.version_info[:2]
if sys.version_info < (3, 10):
    sys.exit("is Python " + version + ", too old")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("has no venv module (Debian and Ubuntu: apt install python" + version + "-venv)")
'

tried=''
for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.10; do
    if output=$("$candidate" -c "$suitable" 2>&1); then
        exec "$candidate" -m scripts.bootstrap "$@"
    fi
    tried="$tried
  $candidate: $(printf '%s\n' "$output" | sed 's/^.*: *\([^:]*not found\).*$/\1/' | head -n 1)"
    if [ -n "${PYTHON:-}" ]; then break; fi
done

cat >&2 <<END
No suitable Python: 3.10 or newer with the venv module is needed. Tried:$tried
Install one (for example: apt install python3 python3-venv, or brew install python3), or name one: make PYTHON=/path/to/python3
END
exit 1

#!/bin/sh
# Run the tests marked `sdk` with the oldest supported Pulumi SDK in front of the installed one.
# A folder on PYTHONPATH does this for every Python process the tests start, without a second environment.
set -eu
oldest="$PWD/.sdk-oldest"
rm -rf "$oldest"
python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --target "$oldest" \
    -r requirements/oldest-sdk.txt
export PYTHONPATH="$oldest"
python -c 'from importlib import metadata; print("Pulumi SDK", metadata.version("pulumi"))'
exec pytest -n auto -m sdk

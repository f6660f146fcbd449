#!/bin/sh
# Compiles requirements/dev.txt anew from pyproject.toml, for every Python from 3.10 on and every system.
# The versions in them stay unless they have to move; `sh scripts/lock.sh --upgrade` takes the newest.
set -eu
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python -m pip install --quiet --disable-pip-version-check --target "$tools" uv

"$tools/bin/uv" pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-emit-index-url \
    --no-emit-find-links --custom-compile-command "make lock" "$@" \
    --group pyproject.toml:dev pyproject.toml --output-file requirements/dev.txt

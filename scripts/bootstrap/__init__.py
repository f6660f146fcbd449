"""Set-up of a checkout on a bare machine: virtual environment, package, Pulumi CLI.

``scripts/bootstrap.sh`` starts it. It writes to two folders only: ``.venv`` of the checkout, and the user's
cache folder for the CLI, which other checkouts share.
"""

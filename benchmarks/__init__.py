"""Measurements side by side in one run: this package, and the least that anything of its kind needs."""

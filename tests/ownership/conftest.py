"""What holds for the modelled engine."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody: the modelled engine does one step after the other, so whoever is waited for cannot come."""
    monkeypatch.setattr("pulumi_ehpc.lifecycle.program._PATIENCE_SECONDS", 0.0)

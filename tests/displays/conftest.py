"""Plots need no screen, and are closed after each test."""

import pytest


@pytest.fixture(autouse=True)
def closed():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    yield
    pyplot.close("all")

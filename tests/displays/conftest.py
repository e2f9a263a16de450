"""Pictures are drawn without a screen, and closed."""

import pytest


@pytest.fixture(autouse=True)
def closed():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    yield
    pyplot.close("all")

"""Colours, and matplotlib as an optional dependency."""

import subprocess
import sys

import numpy as np
import pytest
from found import found
from matplotlib import pyplot
from matplotlib.colors import to_rgb

from sk_hpt.displays import OptimizationHistoryDisplay, ParallelCoordinatesDisplay
from sk_hpt.displays._style import CYCLE, DARK_CYCLE, RED, foreground, next_colour


def test_importing_the_displays_does_not_import_matplotlib():
    program = "import sys, sk_hpt.displays; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-P", "-c", program], check=False).returncode == 0


def test_colours_come_in_the_order_of_the_cycle_and_start_again():
    ax = pyplot.subplots()[1]
    assert next_colour(ax, []) == CYCLE[0]
    assert next_colour(ax, [CYCLE[0].upper(), "black", CYCLE[2]]) == CYCLE[1]
    assert next_colour(ax, CYCLE) == CYCLE[0]
    assert next_colour(ax, [*CYCLE, "black"]) == CYCLE[1]


def contrast(one, other):
    """Return the ratio of luminances of two colours, as in the guidelines for web content."""

    def luminance(colour):
        rgb = np.array(to_rgb(colour))
        return 0.05 + np.where(rgb < 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [
            *(0.2126, 0.7152, 0.0722)
        ]

    low, high = sorted([luminance(one), luminance(other)])
    return high / low


@pytest.mark.parametrize("style, background", [("default", "white"), ("dark_background", "black")])
def test_colours_differ_from_the_background(style, background):
    with pyplot.style.context(style):
        ax = pyplot.subplots()[1]
        assert contrast(foreground(ax), background) > 7
        assert contrast(next_colour(ax, []), background) > 4.5
    assert contrast(RED, background) > 4.2


def test_on_a_dark_background():
    search = found([{"a": a} for a in range(6)], range(6))
    with pyplot.style.context("dark_background"):
        display = ParallelCoordinatesDisplay.from_search(search)
        history = OptimizationHistoryDisplay.from_search(search)
    colours = display.lines_.get_cmap()(display.lines_.norm(display.lines_.get_array()))
    assert contrast(colours[-1][:3], "black") > contrast(colours[0][:3], "black")
    assert contrast(colours[-1][:3], "black") > 7
    assert {to_rgb(text.get_bbox_patch().get_facecolor()) for text in display.ax_.texts
            if text.get_bbox_patch()} == {(0, 0, 0)}  # fmt: skip
    texts = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert texts == ["best trial", "other trials, lighter is better"]
    assert history.line_.get_color() == DARK_CYCLE[0]


def test_the_best_trial_is_red():
    display = ParallelCoordinatesDisplay.from_search(found([{"a": a} for a in range(6)], range(6)))
    red, green, blue = to_rgb(display.best_.get_color())
    assert red > 0.8 and max(green, blue) < 0.2

"""Ticks of the parallel axes."""

import numpy as np
import pytest

from sk_hpt.displays._parallel_coordinates_data import number_ticks


@pytest.mark.parametrize("low, high", [(0, 1), (-3, 1e5), (0.91, 0.93), (1e-9, 3e-9), (-1e-12, 7)])
def test_ticks_are_few_round_numbers_on_the_axis(low, high):
    ticks = number_ticks(low, high, is_log=False)
    assert 2 <= len(ticks) <= 8 and all(-1e-6 <= place <= 1 + 1e-6 for place, _ in ticks)
    assert "-0" not in [text for _, text in ticks]
    for place, text in ticks:
        assert float(text) == pytest.approx(low + place * (high - low), abs=1e-5 * (high - low))


@pytest.mark.parametrize("span", [0.5, 1.9, 4, 9, 30])
def test_ticks_of_a_logarithmic_axis(span):
    ticks = number_ticks(-6.0, -6.0 + span, is_log=True)
    assert 2 <= len(ticks) <= 10
    for place, text in ticks:
        assert np.log10(float(text)) == pytest.approx(-6 + place * span)

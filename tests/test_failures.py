import pytest
from sklearn.exceptions import FitFailedWarning

from sk_hpt._failures import report_failures


def test_says_nothing_of_success():
    report_failures([], 4, 0.0)


def test_groups_equal_errors():
    with pytest.warns(FitFailedWarning) as caught:
        report_failures(["first", "second", "first"], 4, 0.0)
    text = str(caught[0].message)
    assert "3 fits failed out of a total of 4" in text and "set to 0.0" in text
    assert "2 fits failed with the following error:\nfirst" in text
    assert "1 fits failed with the following error:\nsecond" in text


def test_raises_if_nothing_succeeded():
    with pytest.raises(ValueError, match="All the 2 fits failed"):
        report_failures(["first", "first"], 2, 0.0)

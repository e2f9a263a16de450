import math

import pytest

from sk_hpt._trials import FailedScore
from sk_hpt._trials.missing_scores import MissingScores


@pytest.mark.parametrize(
    "scores, expected",
    [
        ([], False),
        ([(0, math.nan), (1, math.inf)], False),
        ([(0, math.nan), (1, math.inf), (2, -math.inf)], True),
        ([(0, math.nan), (1, math.nan), (2, math.nan), (3, 0.5)], False),
        # A trial that has a score on one fold and none on another lacks one.
        ([(0, math.nan), (1, math.nan), (2, 0.5), (2, math.nan)], True),
    ],
)
def test_tells_whether_all_trials_lack_a_score(scores, expected):
    missing = MissingScores()
    for trial, score in scores:
        missing.note(trial, score)
    assert missing.are_all is expected and missing.error == ""


def test_keeps_the_last_error_of_the_scorer():
    missing = MissingScores()
    for trial, error in enumerate(["first", "second"]):
        missing.note(trial, FailedScore(math.nan, error))
    missing.note(2, math.nan)
    assert missing.error == "second" and missing.are_all

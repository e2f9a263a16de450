import numpy as np
import pytest

from sk_hpt._proposers import BayesProposer, SequentialProposer
from sk_hpt._trials import Trial
from sk_hpt.space import Real, parse_space

SPACES = [parse_space({name: Real(0.0, 1.0)}) for name in "ab"]


@pytest.mark.parametrize(
    "n_iter, n_points, first_rounds, expected",
    [
        (4, 3, (), [3, 1] * 2),
        (9, 2, (4,), [4, 2, 2, 1] * 2),
        (8, 2, (4,), [4, 2, 2] * 2),
        (9, 2, (3, 1), [3, 1, 2, 2, 1] * 2),
    ],
)
def test_each_proposer_is_told_of_its_own_trials(n_iter, n_points, first_rounds, expected):
    proposer = SequentialProposer(
        [
            BayesProposer(space, n_iter, n_points, random_state=0, first_rounds=first_rounds)
            for space in SPACES
        ]
    )
    sizes, number = [], 0
    while batch := proposer.ask(proposer.round_size):
        trials = [Trial(number + i, params) for i, params in enumerate(batch)]
        proposer.tell(trials, np.array([[list(params.values())] for params in batch]))
        number += len(batch)
        sizes.append(len(batch))
    assert sizes == expected and proposer.n_trials == 2 * n_iter and proposer.seconds > 0
    mean, _ = proposer.posterior().predict([{"a": 0.1}, {"a": 0.9}, {"b": 0.1}, {"b": 0.9}])
    assert mean[0] < mean[1] and mean[2] < mean[3]

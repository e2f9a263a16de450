import numpy as np

from sk_hpt._proposers import BayesProposer, SequentialProposer
from sk_hpt._trials import Trial
from sk_hpt.space import Real, parse_space

SPACES = [parse_space({name: Real(0.0, 1.0)}) for name in "ab"]


def test_each_proposer_is_told_of_its_own_trials():
    proposer = SequentialProposer([BayesProposer(space, 4, 3, random_state=0) for space in SPACES])
    sizes, number = [], 0
    while batch := proposer.ask(proposer.round_size):
        trials = [Trial(number + i, params) for i, params in enumerate(batch)]
        proposer.tell(trials, np.array([[list(params.values())] for params in batch]))
        number += len(batch)
        sizes.append(len(batch))
    assert sizes == [3, 1, 3, 1] and proposer.n_trials == 8 and proposer.seconds > 0
    mean, _ = proposer.posterior().predict([{"a": 0.1}, {"a": 0.9}, {"b": 0.1}, {"b": 0.9}])
    assert mean[0] < mean[1] and mean[2] < mean[3]

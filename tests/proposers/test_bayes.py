import numpy as np
import pytest
from scipy.stats import spearmanr

from sk_hpt._proposers import BayesProposer, WarmStart
from sk_hpt._trials import Trial
from sk_hpt.space import HiddenLayers, Integer, Real, parse_space

SPACE = parse_space(
    {"a": Real(1e-3, 1.0, log=True), "b": Integer(1, 9), "c": HiddenLayers((1, 2)), "d": ["x", "y"]}
)


def score(params):
    return -((np.log10(params["a"]) + 2) ** 2) - 0.1 * abs(params["b"] - 3) + (params["d"] == "x")


def play(proposer, n_rounds, first=0, n_folds=2):
    """Ask and tell; the scores of the folds differ by an effect of the fold."""
    asked = []
    for _ in range(n_rounds):
        batch = proposer.ask(proposer.round_size)
        trials = [Trial(first + len(asked) + i, params) for i, params in enumerate(batch)]
        asked += batch
        scores = np.array([[[score(params) + fold for fold in range(n_folds)]] for params in batch])
        if batch:
            proposer.tell(trials, scores)
    return asked


def test_is_better_than_random_search():
    learned = play(BayesProposer(SPACE, 30, random_state=0), 30)
    drawn = SPACE.sample(30, 0)
    assert max(map(score, learned)) > max(map(score, drawn))
    assert np.mean([score(p) for p in learned[15:]]) > np.mean([score(p) for p in drawn])


def test_a_resumed_search_gets_the_same_proposals():
    whole = play(BayesProposer(SPACE, 16, 2, random_state=0), 8)
    resumed = BayesProposer(SPACE, 16, 2, random_state=0)
    assert play(resumed, 4) == whole[:8]
    assert play(resumed, 4, first=8) == whole[8:]


def test_a_round_may_be_told_in_parts():
    at_once, in_parts = (BayesProposer(SPACE, 9, 3, random_state=0) for _ in range(2))
    for proposer in (at_once, in_parts):
        batch = proposer.ask(3)
        trials = [Trial(i, params) for i, params in enumerate(batch)]
        scores = np.array([[[score(params)] * 2] for params in batch])
        if proposer is at_once:
            proposer.tell(trials, scores)
        else:
            for i in (2, 0, 1):
                proposer.tell([trials[i]], scores[[i]])
    assert at_once.ask(3) == in_parts.ask(3)


def test_points_of_a_round_differ():
    proposer = BayesProposer(SPACE, 40, 5, random_state=0)
    play(proposer, 4)
    X = np.array([SPACE.encode(params) for params in proposer.ask(5)])
    gaps = np.abs(X[:, None] - X).max(axis=2)[np.triu_indices(5, 1)]
    assert gaps.min() > 0.02


def test_initial_points_come_first_to_the_bit():
    start = [{"a": 0.1, "b": 3, "c": (20,), "d": "x"}, {"a": 0.3, "b": 3, "c": (20,), "d": "x"}]
    proposer = BayesProposer(SPACE, 20, 4, random_state=0, initial_points=[*start, start[0]])
    asked = proposer.ask(4)
    assert asked[:2] == start and start[0] not in asked[2:]


def round_sizes(*args, **options):
    """Return how many trials each round has."""
    proposer, sizes = BayesProposer(*args, random_state=0, **options), []
    while batch := proposer.ask(proposer.round_size):
        trials = [Trial(sum(sizes) + i, params) for i, params in enumerate(batch)]
        proposer.tell(trials, np.arange(2.0 * len(batch)).reshape(-1, 1, 2))
        sizes.append(len(batch))
    return sizes


@pytest.mark.parametrize(
    "n_iter, n_points, expected",
    [
        (20, 2, [4, 6, 2, 2, 2, 2, 2]),
        (21, 2, [4, 6, 2, 2, 2, 2, 2, 1]),
        (14, 2, [4, 3, 2, 2, 2, 1]),
        (7, 2, [3, 2, 2]),
        (3, 2, [1, 2]),
        (2, 1, [1, 1]),
        (1, 1, [1]),
        (20, 5, [4, 6, 5, 5]),
        (30, 8, [4, 6, 8, 8, 4]),
    ],
)
def test_the_first_rounds_have_at_most_half_of_the_trials(n_iter, n_points, expected):
    assert round_sizes(SPACE, n_iter, n_points, first_rounds=(4, 6)) == expected


def test_the_first_rounds_have_at_most_half_of_a_small_space():
    with pytest.warns(UserWarning, match="The total space of parameters 6 is smaller"):
        assert round_sizes(parse_space({"a": [*range(6)]}), 40, 2, first_rounds=(6, 10)) == [
            3,
            2,
            1,
        ]


def test_the_first_rounds_are_those_of_the_search_that_is_resumed():
    for n_iter in (10, 4, 30):
        sizes = round_sizes(SPACE, n_iter, 2, n_iter_at_start=10, first_rounds=(3, 10))
        assert sizes[:2] == ([3, 2] if n_iter >= 5 else [3, 1]) and sum(sizes) == n_iter


def test_the_first_rounds_begin_with_the_given_points():
    given = SPACE.sample(20, 0)
    few, many = (
        BayesProposer(SPACE, 40, 2, random_state=0, initial_points=given[:n], first_rounds=(6, 10))
        for n in (3, 20)
    )
    asked = play(few, 2)
    assert len(asked) == 16 and asked[:3] == given[:3]
    # Those that have no place in the first rounds come in the next ones.
    assert play(many, 4) == given


def test_the_first_rounds_are_spread_over_the_space():
    asked = play(BayesProposer(SPACE, 40, random_state=0, first_rounds=(6, 10)), 2)
    X = np.array([SPACE.encode(params) for params in asked])[:, 0]
    # A Sobol sequence has a point in each sixteenth of a range.
    assert sorted((X * 16).astype(int)) == list(range(16))


def test_a_warm_start_fills_the_first_rounds():
    """The surrogate chooses after the best of the earlier trials, as in rounds of one size."""
    drawn = SPACE.sample(12, 1)
    results = {"params": drawn, "mean_test_score": list(map(score, drawn))}
    earlier = WarmStart.from_results(results, "score", SPACE)
    options = {"initial_points": [earlier.best_params], "warm_start": earlier, "random_state": 0}
    proposer = BayesProposer(SPACE, 40, 2, first_rounds=(6, 10), **options)
    assert proposer.round_size == 6
    assert proposer.ask(6) == BayesProposer(SPACE, 40, 6, **options).ask(6)


def test_the_initial_design_is_spread_over_the_space():
    asked = BayesProposer(SPACE, 40, random_state=0).ask(8)
    assert {params["d"] for params in asked} == {"x", "y"}
    assert {len(params["c"]) for params in asked} == {1, 2}
    assert max(p["a"] for p in asked) > 0.1 and min(p["a"] for p in asked) < 0.01


@pytest.mark.parametrize("n_told", [0, 3])
def test_proposals_differ_without_scores(n_told):
    proposer = BayesProposer(SPACE, 60, random_state=0)
    play(proposer, n_told)
    asked = proposer.ask(20)
    assert len({repr(params) for params in asked}) == 20


def test_stops_with_a_warning_when_every_point_was_tried():
    space = parse_space({"a": [1, 2, 3]})
    proposer = BayesProposer(space, 3, random_state=0)
    proposer._n_trials = 5  # as if the space were larger
    with pytest.warns(
        UserWarning, match="ends after 3 of n_iter=5 trials.*every point of the space was tried"
    ):
        assert len(proposer.ask(5)) == 3
    assert proposer.n_trials == 3 and proposer.ask(1) == []


@pytest.mark.slow
@pytest.mark.parametrize("n_columns, n_trials", [(50, 12), (2, 150)])
def test_many_dimensions_and_many_trials(n_columns, n_trials):
    space = parse_space({f"x{i}": Real(0.0, 1.0) for i in range(n_columns)})
    proposer = BayesProposer(space, n_trials, 10, random_state=0)
    rng = np.random.default_rng(0)
    asked = 0
    while batch := proposer.ask(10):
        trials = [Trial(asked + i, params) for i, params in enumerate(batch)]
        proposer.tell(trials, rng.normal(size=(len(batch), 1, 2)) * 1e3)
        asked += len(batch)
    assert asked == n_trials


def test_every_trial_fails():
    proposer = BayesProposer(SPACE, 10, random_state=0)
    for number in range(10):
        (params,) = proposer.ask(1)
        proposer.tell([Trial(number, params)], np.full((1, 1, 3), np.nan))
    mean, std = proposer.posterior().predict([params])
    assert np.isfinite(mean).all() and np.isfinite(std).all()


def test_posterior():
    proposer = BayesProposer(SPACE, 30, random_state=0)
    asked = play(proposer, 30)
    mean, std = proposer.posterior().predict(asked)
    truth = np.array([score(params) + 0.5 for params in asked])
    assert spearmanr(mean, truth).statistic > 0.9
    far = {"a": 1.0, "b": 9, "c": (256, 256), "d": "y"}
    if far not in asked:
        assert proposer.posterior().predict([far])[1][0] > np.median(std)


def test_a_warm_start_replaces_the_initial_design():
    drawn = SPACE.sample(30, 1)
    results = {"params": drawn, "mean_test_score": [score(params) - 100 for params in drawn]}
    earlier = WarmStart.from_results(results, "score", SPACE)
    informed = play(
        BayesProposer(
            SPACE, 8, random_state=0, initial_points=[earlier.best_params], warm_start=earlier
        ),
        8,
    )
    assert informed[0] == max(drawn, key=score)
    blind = play(BayesProposer(SPACE, 8, random_state=0), 8)
    assert np.mean(list(map(score, informed))) > np.mean(list(map(score, blind)))
    assert max(map(score, informed)) > max(map(score, drawn))


def halved(params, seen):
    """Return scores on two rungs; only the best third of the first is promoted."""
    rungs = np.full((2, 2), np.nan)
    rungs[0] = 0.5 * score(params) - 3.0  # worse trials gain more
    seen.append(rungs[0].mean())
    if seen[-1] >= np.quantile(seen, 2 / 3):
        rungs[1] = score(params)
    return rungs


def test_learns_from_pruned_trials():
    """The scores of pruned trials on their rung improve the posterior."""
    found = {"all rungs": [], "the last rung": []}
    for seed in range(3):
        drawn, seen = SPACE.sample(30, seed), []
        scores = np.array([halved(params, seen) for params in drawn])
        for name, told in (("all rungs", scores), ("the last rung", scores[:, 1:])):
            proposer = BayesProposer(SPACE, 60, random_state=seed, initial_points=drawn)
            trials = [Trial(i, params) for i, params in enumerate(proposer.ask(30))]
            proposer.tell(trials, told)
            others = SPACE.sample(200, 100 + seed)
            mean, _ = proposer.posterior().predict(others)
            found[name].append(spearmanr(mean, list(map(score, others))).statistic)
    assert np.mean(found["all rungs"]) > np.mean(found["the last rung"]) + 0.1


def test_a_pruned_trial_is_never_the_incumbent():
    proposer = BayesProposer(SPACE, 20, random_state=0)
    trials = [Trial(i, params) for i, params in enumerate(proposer.ask(8))]
    scores = np.linspace(0.0, 1.0, 8)[:, None, None] * np.ones((8, 2, 2))
    scores[4:, 1] = np.nan  # even if it is the better half
    proposer.tell(trials, scores)
    surrogate = proposer.posterior().parts[0][1]
    assert surrogate.may_be_best.tolist() == [True] * 4 + [False] * 4
    assert surrogate.best == surrogate.means[:4].min()


def test_a_warm_start_without_any_trial():
    drawn = SPACE.sample(20, 1)
    results = {"params": drawn, "mean_test_score": list(map(score, drawn))}
    earlier = WarmStart.from_results(results, "score", SPACE)
    (params,) = BayesProposer(SPACE, 8, random_state=0, warm_start=earlier).ask(1)
    assert score(params) > np.median(list(map(score, drawn)))


def test_a_posterior_prints_short():
    proposer = BayesProposer(parse_space({"a": Real(0.0, 1.0)}, sampled=True), 3, random_state=0)
    assert repr(proposer.posterior()) in ("<Posterior of  after 0 observations>",)


def test_no_round_of_proposals_outlasts_the_end_of_the_search():
    left = iter([False] * 7 + [True] * 100)
    space = parse_space({"a": Real(0, 1), "b": Real(0, 1)})
    proposer = BayesProposer(space, 500, n_points=400, must_end=lambda: next(left))
    assert len(proposer.ask(400)) == 7
    assert proposer.ask(400) == []

"""Our optimiser and others behind one interface, for `sample_efficiency.py`.

A method is a class with `library`, the packages whose versions belong to its results, and

    Method(space, seed, n_trials, task)   a SearchSpace; how many settings it will be asked for;
                                          a Task, which the peers do not look at
    ask() -> params                 the parameters of a network
    tell(params, fold_scores)       shape (n_folds,), larger is better

It is asked and told in turn. All peers run with their own defaults, but for what their
documentation advises (`multivariate` of TPE). To add a method, add it to METHODS.
"""

import json
import tempfile
from pathlib import Path

import numpy as np
from _objectives import FIXED, N_ROWS
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sk_hpt._proposers import BayesProposer, portfolio_points
from sk_hpt._trials import Trial
from sk_hpt.space import Categorical, Integer, parse_space

POOL_SIZE = 400
LEFT_OUT = Path(__file__).parent / "portfolio_leave_one_out.json"


class Random:
    """Settings drawn from a pool without replacement.

    The pool is the same for all seeds and data sets of a space, and large against what a seed
    draws from it: fewer networks to train, while a seed by itself sees random settings.
    """

    library = ()

    def __init__(self, space, seed, n_trials, task):
        rng = np.random.default_rng(0)
        pool = [
            space.params({name: d.decode(rng.uniform(size=1)) for name, d in space.flat.items()})
            for _ in range(POOL_SIZE)
        ]
        order = np.random.default_rng(seed).permutation(POOL_SIZE)
        self._settings = (pool[i] for i in order[:n_trials])

    def ask(self):
        return next(self._settings)

    def tell(self, params, fold_scores):
        pass


class Skopt:
    """scikit-optimize, with the settings of its BayesSearchCV."""

    library = ("scikit-optimize", "scikit-learn")

    def __init__(self, space, seed, n_trials, task):
        import skopt

        self._space = space
        dimensions = [self._dimension(skopt.space, d) for d in space.flat.values()]
        self._optimizer = skopt.Optimizer(dimensions, random_state=seed)

    @staticmethod
    def _dimension(theirs, ours):
        if isinstance(ours, Categorical):
            return theirs.Categorical(ours.choices)
        prior = "log-uniform" if ours.log else "uniform"
        kind = theirs.Integer if isinstance(ours, Integer) else theirs.Real
        return kind(ours.low, ours.high, prior=prior)

    def ask(self):
        self._values = self._optimizer.ask()
        return self._space.params(dict(zip(self._space.flat, self._values, strict=True)))

    def tell(self, params, fold_scores):
        self._optimizer.tell(self._values, -np.mean(fold_scores))


class _Optuna:
    library = ("optuna",)

    def __init__(self, space, seed, n_trials, task):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._space = space
        self._distributions = {
            name: self._distribution(optuna.distributions, d) for name, d in space.flat.items()
        }
        sampler = self.sampler(optuna.samplers, seed)
        self._study = optuna.create_study(direction="maximize", sampler=sampler)

    @staticmethod
    def _distribution(theirs, ours):
        if isinstance(ours, Categorical):
            return theirs.CategoricalDistribution(ours.choices)
        integer = isinstance(ours, Integer)
        kind = theirs.IntDistribution if integer else theirs.FloatDistribution
        return kind(ours.low, ours.high, log=ours.log)

    def ask(self):
        self._trial = self._study.ask(self._distributions)
        return self._space.params(self._trial.params)

    def tell(self, params, fold_scores):
        self._study.tell(self._trial, float(np.mean(fold_scores)))


class OptunaTPE(_Optuna):
    """Optuna's tree-structured Parzen estimator, multivariate."""

    @staticmethod
    def sampler(samplers, seed):
        return samplers.TPESampler(multivariate=True, seed=seed)


class OptunaGP(_Optuna):
    """Optuna's Gaussian process."""

    library = ("optuna", "torch")

    @staticmethod
    def sampler(samplers, seed):
        import torch

        torch.set_num_threads(1)
        return samplers.GPSampler(seed=seed)


class Ax:
    """Ax: BoTorch's Gaussian process, after a first point in the centre and four Sobol points."""

    library = ("ax-platform", "botorch", "torch")

    def __init__(self, space, seed, n_trials, task):
        import logging

        import torch
        from ax.api.client import Client
        from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

        logging.disable(logging.CRITICAL)
        torch.set_num_threads(1)
        self._space = space
        self._client = Client(random_seed=seed)
        kinds = RangeParameterConfig, ChoiceParameterConfig
        theirs = [self._dimension(*kinds, name, d) for name, d in space.flat.items()]
        self._client.configure_experiment(parameters=theirs)
        self._client.configure_optimization(objective="score")

    @staticmethod
    def _dimension(range_config, choice_config, name, ours):
        if isinstance(ours, Categorical):
            values = [str(each) for each in ours.choices]
            return choice_config(name=name, values=values, parameter_type="str", is_ordered=False)
        bounds, scaling = (ours.low, ours.high), "log" if ours.log else "linear"
        kind = "int" if isinstance(ours, Integer) else "float"
        if ours.log and kind == "float":
            # Ax refuses ranges as small as those of epsilon, so it is given exponents.
            bounds, scaling = tuple(map(float, np.log10(bounds))), "linear"
        return range_config(name=name, bounds=bounds, parameter_type=kind, scaling=scaling)

    def ask(self):
        ((self._index, values),) = self._client.get_next_trials(max_trials=1).items()
        return self._space.params(
            {name: self._value(d, values[name]) for name, d in self._space.flat.items()}
        )

    @staticmethod
    def _value(ours, theirs):
        if isinstance(ours, Categorical):
            return next(each for each in ours.choices if str(each) == theirs)
        if ours.log and not isinstance(ours, Integer):
            return float(np.clip(10.0**theirs, ours.low, ours.high))
        return theirs

    def tell(self, params, fold_scores):
        raw_data = {"score": float(np.mean(fold_scores))}
        self._client.complete_trial(trial_index=self._index, raw_data=raw_data)


class Smac:
    """SMAC's facade for hyperparameters: a random forest, and Sobol points for the first quarter.

    Its Gaussian process (BlackBoxFacade) takes four times as long.
    """

    library = ("smac",)

    def __init__(self, space, seed, n_trials, task):
        import ConfigSpace
        import smac

        self._space = space
        theirs = ConfigSpace.ConfigurationSpace(seed=seed)
        theirs.add([self._dimension(ConfigSpace, name, d) for name, d in space.flat.items()])
        self._folder = tempfile.TemporaryDirectory()  # SMAC writes whatever it does
        scenario = smac.Scenario(
            theirs,
            deterministic=True,
            n_trials=n_trials,
            seed=seed,
            output_directory=self._folder.name,
        )
        facade = smac.HyperparameterOptimizationFacade
        self._facade = facade(scenario, lambda config, seed: 0.0, logging_level=False)

    @staticmethod
    def _dimension(theirs, name, ours):
        if isinstance(ours, Categorical):
            return theirs.Categorical(name, ours.choices)
        kind = theirs.Integer if isinstance(ours, Integer) else theirs.Float
        return kind(name, (ours.low, ours.high), log=ours.log)

    def ask(self):
        self._trial = self._facade.ask()
        return self._space.params(dict(self._trial.config))

    def tell(self, params, fold_scores):
        from smac.runhistory import TrialValue

        self._facade.tell(self._trial, TrialValue(cost=-float(np.mean(fold_scores))))


class SkHpt:
    """BayesSearchNN's proposals, opened with settings learned without the data set at hand."""

    library = ()
    learned = True
    n_learned = None  # all of them

    def __init__(self, space, seed, n_trials, task):
        parsed = parse_space(space.ours)
        start = []
        if self.learned:
            table = json.loads(LEFT_OUT.read_text("utf-8"))[task.data.partition(":")[0]]
            network = (MLPRegressor if task.regression else MLPClassifier)(**FIXED)
            start = portfolio_points(parsed, network, N_ROWS, task.n_classes, table)
            start = start[: self.n_learned]
        self._proposer = BayesProposer(parsed, n_trials, random_state=seed, initial_points=start)
        self._n_told = 0

    def ask(self):
        (params,) = self._proposer.ask(1)
        return params

    def tell(self, params, fold_scores):
        self._proposer.tell([Trial(self._n_told, params)], np.array([[fold_scores]]))
        self._n_told += 1


class SkHptBlind(SkHpt):
    """The same without the learned settings: the surrogate's own part."""

    learned = False


METHODS = {
    "sk_hpt": SkHpt,
    "sk_hpt-blind": SkHptBlind,
    "random": Random,
    "optuna-tpe": OptunaTPE,
    "optuna-gp": OptunaGP,
    "skopt": Skopt,
    "ax": Ax,
    "smac": Smac,
}

"""The door for users who train one network."""

from __future__ import annotations

from sklearn.base import clone

from sk_hpt._networks import native_network
from sk_hpt._types import Floats, Matrix, Network, Target
from sk_hpt.training._engine_check import engine_works
from sk_hpt.training._native_fit import begin
from sk_hpt.training._run import TrainingRun


def start_run(
    network: Network, X: Matrix, y: Target, sample_weight: Floats | None = None
) -> TrainingRun:
    """Begin to train a network, and pause before the first epoch.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        The network; a clone of it is trained.
    X : ndarray of shape (n_samples, n_features)
        The features, float64 or float32.
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        The targets.
    sample_weight : ndarray of shape (n_samples,), default=None
        Weights of the samples; None weights all samples alike.

    Returns
    -------
    run : TrainingRun
        The run, to be advanced.

    Raises
    ------
    ValueError
        If this network or these data do not train natively, or ``fit`` rejects them.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sk_hpt.training import start_run
    >>> X, y = load_iris(return_X_y=True)
    >>> run = start_run(MLPClassifier(max_iter=50, random_state=0), X, y)
    >>> run.advance(20)
    >>> run.epoch, round(run.estimator().score(X, y), 2)
    (20, 0.69)
    """
    network = clone(network)
    run = None
    if native_network(network) is network and engine_works():
        run = begin(network, X, y, {"sample_weight": sample_weight}, drive=lambda run: None)
    if run is None:
        raise ValueError(
            f"{network!r} does not train natively on these data. Use its fit, or an MLPClassifier "
            "or MLPRegressor with solver='adam' or 'sgd' and dense data of one floating type."
        )
    return run

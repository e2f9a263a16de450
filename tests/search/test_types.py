"""Types of the searches, as a type checker sees them in a user's program."""

import subprocess
import sys
from pathlib import Path

import pytest

import sk_hpt

# assert_type is an error if the type is Any, and so is an ignored error that does not occur.
PROGRAM = """\
from pathlib import Path
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold
from sklearn.neural_network import MLPClassifier

from sk_hpt import BayesSearchNN, GridSearchNN, RandomSearchNN
from sk_hpt.fidelity import Halving

X, y = np.zeros((8, 2)), np.arange(8) % 2
space = {"alpha": [0.1, 1.0], "hidden_layer_sizes": [(4,), (8,)]}


class MySearch(RandomSearchNN):
    pass


grid = GridSearchNN(MLPClassifier(), space, cv=KFold(3), multi_fidelity="race").fit(X, y)
random = RandomSearchNN(MLPClassifier(), [space], n_iter=4, journal=Path("file")).fit(X, y)
bayes = BayesSearchNN(
    MLPClassifier(), [(space, 4)], multi_fidelity=Halving(), refit="accuracy", random_state=0
).fit(X, y)
assert_type(grid, GridSearchNN)
assert_type(random, RandomSearchNN)
assert_type(bayes, BayesSearchNN)
assert_type(MySearch(MLPClassifier(), space).fit(X), MySearch)
assert_type(grid.set_params(n_jobs=2), GridSearchNN)
for search in (grid, random, bayes):
    assert_type(search.predict(X), NDArray[Any])
    assert_type(search.predict_proba(X), NDArray[Any])
    assert_type(search.score(X, y), float)
    assert_type(search.best_params_, dict[str, Any])
    assert_type(search.best_score_, float)
    assert_type(search.best_index_, int)
mean, std = bayes.surrogate_.predict([bayes.best_params_])
assert_type(mean, NDArray[np.float64])

GridSearchNN(MLPClassifier(), space, engine="fast")  # type: ignore[arg-type]
RandomSearchNN(MLPClassifier(), space, multi_fidelity="hyperband")  # type: ignore[arg-type]
BayesSearchNN(MLPClassifier(), space, n_iter="many")  # type: ignore[arg-type]
GridSearchNN(MLPClassifier(), space, n_iter=4)  # type: ignore[call-arg]
RandomSearchNN(MLPClassifier(), space, 4)  # type: ignore[call-arg,arg-type]
RandomSearchNN(param_distributions=space)  # type: ignore[call-arg]
"""


@pytest.mark.slow
def test_a_type_checker_accepts_a_program(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    # An editable install hides the package from mypy; beside the program it is found.
    (tmp_path / "sk_hpt").symlink_to(Path(sk_hpt.__file__).parent)
    options = ["--strict", "--follow-imports=silent", "--ignore-missing-imports"]
    checked = subprocess.run(
        [sys.executable, "-P", "-m", "mypy", *options, "program.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr

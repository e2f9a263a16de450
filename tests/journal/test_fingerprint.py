"""The description that tells one search from another."""

import subprocess
import sys
from datetime import date, time
from decimal import Decimal
from functools import partial
from inspect import signature

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse, stats
from sklearn.metrics import make_scorer, mean_squared_error
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import all_estimators

from sk_hpt import GridSearchNN
from sk_hpt.fidelity import Halving
from sk_hpt.journal._fingerprint import describe, describe_data, differences
from sk_hpt.journal._values import to_text
from sk_hpt.space import HiddenLayers, Real

X = np.arange(12.0).reshape(4, 3)
OBJECT = np.array(["a", 1, None], dtype=object)


def changed(array, at, value):
    array = array.copy()
    array[at] = value
    return array


def arrow(arrow_type, *values):
    return pd.Series(pd.array(values, dtype=pd.ArrowDtype(arrow_type)))


def times(*hours, zone="UTC"):
    return pd.Series(pd.to_datetime([f"2024-01-01 {hour:02}:00" for hour in hours])).dt.tz_localize(
        zone
    )


LARGE = 2**60  # as floats, its neighbours are the same number
COLUMNS = {
    "times with a zone": lambda: [times(1, 2), times(1, 3), times(1, 2, zone="Europe/Berlin")],
    "missing times": lambda: [times(1, 2).where([True, False]), times(1, 2).where([False, True])],
    "periods": lambda: [
        pd.Series(pd.period_range(start, periods=2, freq=frequency))
        for start, frequency in [("2024-01", "M"), ("2024-02", "M"), ("2024-01", "D")]
    ],
    "intervals": lambda: [
        pd.Series(pd.IntervalIndex.from_breaks(breaks, closed=closed))
        for breaks, closed in [([0, 1, 2], "left"), ([0, 1, 3], "left"), ([0, 1, 2], "right")]
    ],
    "bins": lambda: [pd.cut([1, 2, 3], 2).take(order) for order in ([0, 1, 2], [2, 1, 0])],
    "categories of times": lambda: [
        times(*hours).astype("category") for hours in ((1, 2), (2, 1), (1, 3))
    ],
    "nullable integers": lambda: [
        pd.Series([LARGE, None], dtype="Int64"),
        pd.Series([LARGE + 1, None], dtype="Int64"),
        pd.Series([None, LARGE], dtype="Int64"),
        pd.Series([LARGE, 0], dtype="Int64"),
    ],
    "nullable floats": lambda: [
        pd.Series(values, dtype="Float64") for values in ([1.5, None], [None, 1.5], [1.5, 0])
    ],
    "nullable booleans": lambda: [
        pd.Series(values, dtype="boolean") for values in ([True, None], [True, False], [None, True])
    ],
    "nullable strings": lambda: [
        pd.Series(values, dtype="string") for values in (["a", None], ["b", None], ["a", "<NA>"])
    ],
    "arrow": lambda: [
        arrow(pa.int64(), LARGE, None),
        arrow(pa.int64(), LARGE + 1, None),
        arrow(pa.string(), "a", None),
        arrow(pa.string(), "b", None),
        arrow(pa.timestamp("ns", "UTC"), *times(1, 2)),
        arrow(pa.timestamp("ns", "UTC"), times(1)[0], None),
        arrow(pa.date32(), date(2024, 1, 1), None),
        arrow(pa.date32(), date(2024, 1, 2), None),
        arrow(pa.time64("us"), time(1), None),
        arrow(pa.time64("us"), time(2), None),
        arrow(pa.decimal128(4, 2), Decimal("1.20"), None),
        arrow(pa.decimal128(4, 2), Decimal("1.21"), None),
    ],
    "polars": lambda: [
        pl.Series([LARGE, None]),
        pl.Series([LARGE + 1, None]),
        pl.Series([None, LARGE]),
        pl.Series([time(1), None]),
        pl.Series([time(2), None]),
        pl.Series([Decimal("1.20"), None]),
        pl.Series([Decimal("1.21"), None]),
    ],
}
"""Columns whose elements are objects for numpy; made anew by each call."""


APART = {
    "arrays": [X, changed(X, (0, 0), 9), X.reshape(3, 4), X.astype(np.float32), X[:-1]],
    "objects": [OBJECT, changed(OBJECT, 0, "b"), changed(OBJECT, 1, True)],
    "strings": [np.array(["ab", "c"]), np.array(["a", "bc"])],
    "dates": [np.array(["2020-01-01"], "M8[D]"), np.array(["2020-01-02"], "M8[D]")],
    "masked": [np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[0, 0])],
    "lists": [[[1, 2], [3, 4]], [[1, 2], [3, 5]], [["1", 2], [3, 4]]],
    "sparse": [sparse.csr_array(X), sparse.csr_array(X + 1), sparse.csc_array(X)],
    "pandas": [pd.DataFrame(X), pd.DataFrame(X + 1), pd.DataFrame(X, columns=list("abc"))],
    "categories": [
        pd.DataFrame({"a": pd.Categorical(["x", "y"])}),
        pd.DataFrame({"a": ["x", "y"]}),
    ],
    **{f"columns of {name}": make_all() for name, make_all in COLUMNS.items()},
    "polars": [
        pl.DataFrame({"a": [1, 2]}),
        pl.DataFrame({"a": [1, 3]}),
        pl.DataFrame({"b": [1, 2]}),
    ],
    "series": [pd.Series([1, 2]), pd.Series([1, 3])],
    "estimators": [
        MLPClassifier(),
        MLPClassifier(alpha=1),
        make_pipeline(StandardScaler(), MLPClassifier()),
        make_pipeline(StandardScaler(with_mean=False), MLPClassifier()),
    ],
    "distributions": [stats.uniform(0, 1), stats.uniform(0, 2), stats.loguniform(0.1, 1)],
    "dimensions": [Real(0, 1), Real(0, 2), Real(0.5, 1, log=True), HiddenLayers(), Halving()],
    "functions": [np.sin, np.cos, partial(max, key=abs), partial(max, key=len), int, float, str],
    "classes": [np.float64, np.float32, np.ndarray, pd.DataFrame, StandardScaler],
    "scorers": [make_scorer(mean_squared_error), make_scorer(mean_squared_error, pos_label=1)],
    "seeds": [np.random.RandomState(0), np.random.RandomState(1), np.random.default_rng(0), 0],
    "numbers": [1, 1.0, True, np.float64(1), "1", None, b"1", float("nan"), {1}, {1: 1}, {"1": 1}],
}


@pytest.mark.parametrize("kind", APART)
def test_different_values_have_different_descriptions(kind):
    for description in (describe, describe_data):
        texts = [to_text(description(value)) for value in APART[kind]]
        assert len(set(texts)) == len(texts)


def test_only_the_content_counts():
    def same(one, other):
        return not list(differences(describe(one), describe(other)))

    assert same(X, np.asfortranarray(X)) and same(X[::2], X[::2].copy())
    assert same({"b": 1, "a": 2}, {"a": 2, "b": 1})
    assert same(MLPClassifier(), MLPClassifier(verbose=True))
    assert same(pd.DataFrame(X), pd.DataFrame(X, index=list("abcd")))
    dimension = Real(0, 1)
    assert same(dimension, Real(0, 1))
    shuffled = sparse.coo_array(X).tocsr()
    assert same(shuffled, sparse.csr_array(X))
    in_blocks = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    column_by_column = pd.DataFrame({"a": [1.0, 2.0]})
    column_by_column["b"] = [3.0, 4.0]
    assert same(in_blocks, column_by_column)
    chunks = pl.concat([pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [2]})], rechunk=False)
    assert same(chunks, pl.DataFrame({"a": [1, 2]}))
    pair = (1, 2)
    assert same([pair, pair], [(1, 2), tuple([1, 2])])
    assert same(np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 3], mask=[0, 1]))


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_with_the_same_content_are_the_same(name):
    for one, other in zip(COLUMNS[name](), COLUMNS[name](), strict=True):
        assert describe(one) == describe(other)
        if isinstance(one, pd.Series):
            assert describe(one.to_frame()) == describe(other.iloc[::-1].iloc[::-1].to_frame())


@pytest.mark.parametrize("name", COLUMNS)
def test_elements_of_a_column_are_not_described_one_by_one(name, monkeypatch):
    described = []

    def counting(value, parents=()):
        described.append(value)
        return describe(value, parents)

    monkeypatch.setattr("sk_hpt.journal._fingerprint.describe", counting)
    for column in COLUMNS[name]():
        described.clear()
        many = column.take([0, 1] * 500) if hasattr(column, "take") else pl.concat([column] * 500)
        describe(many)
        assert len(described) < 30


SCRIPT = """
from functools import partial
import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import make_scorer, mean_squared_error
from sk_hpt.fidelity import Halving
from sk_hpt.journal._fingerprint import describe
from sk_hpt.journal._values import to_text

class Odd:
    def __init__(self):
        self.inner, self.me = object(), self

print(to_text(describe([stats.norm(0, 1), make_scorer(mean_squared_error), Halving(), Odd(),
      {"b", "a"}, partial(sorted, key=len), lambda: 0, np.random.RandomState(3), open, iter([])])))
times = pd.Series(pd.date_range("2024", periods=3, tz="Europe/Berlin"))
print(to_text(describe(pd.DataFrame({"time": times, "category": times.astype("category"),
      "number": pd.array([1, 2, None], dtype="Int64"),
      "period": pd.period_range("2024", periods=3)}))))
"""


@pytest.mark.slow
def test_descriptions_are_the_same_in_every_process():
    runs = [
        subprocess.run(
            [sys.executable, "-P", "-c", SCRIPT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] and "0x" not in runs[0]


def test_differences_are_named():
    pipelines = [make_pipeline(StandardScaler(), MLPClassifier((size,))) for size in (3, 4)]
    there, here = ({"estimator": describe(each), "X": describe(X)} for each in pipelines)
    ((name, one, other),) = differences(there, here)
    assert name.startswith("estimator.steps[1]") and name.endswith("hidden_layer_sizes[0]")
    assert (one, other) == (3, 4)
    ((name, *_),) = differences({"X": describe(X)}, {"X": describe(X[1:])})
    assert name == "X"


@pytest.mark.parametrize("value", [Halving(), Halving, Real(0, 1), GridSearchNN])
def test_our_classes_may_move_within_the_package(monkeypatch, value):
    before = describe(value)
    kind = value if isinstance(value, type) else type(value)
    assert kind.__module__ != "sk_hpt"
    monkeypatch.setattr(kind, "__module__", "sk_hpt.elsewhere")
    assert describe(value) == before
    monkeypatch.setattr(kind, "__module__", "sk_hpt_of_somebody_else")
    assert describe(value) != before


@pytest.mark.filterwarnings("ignore:Class .* is deprecated:FutureWarning")
def test_every_estimator_of_scikit_learn_can_be_described():
    # Some need other estimators.
    kinds = {name: kind for name, kind in all_estimators() if not required(kind)}
    for name, kind in kinds.items():
        assert to_text(describe(kind())) == to_text(describe(kind())), name
    assert len(kinds) > 150


def required(kind):
    parameters = signature(kind.__init__).parameters.values()
    named = [
        each for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
    ]
    return [each.name for each in named if each.default is each.empty and each.name != "self"]

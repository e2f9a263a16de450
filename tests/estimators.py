"""Estimators that tests send to worker processes, which have to import them."""

import os
import signal
import time

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class NearestMean(ClassifierMixin, BaseEstimator):
    """A custom class that takes only what it must."""

    def __init__(self, power=2, fail_at=None):
        self.power = power
        self.fail_at = fail_at

    def fit(self, X, y):
        if self.power == self.fail_at:
            raise RuntimeError("as asked")
        self.classes_ = np.unique(y)
        self.means_ = np.stack([X[y == label].mean(axis=0) for label in self.classes_])
        return self

    def predict(self, X):
        distances = np.abs(X[:, None] - self.means_) ** self.power
        return self.classes_[distances.sum(axis=2).argmin(axis=1)]


class Scored(BaseEstimator):
    """Scores what it was told to, after a while."""

    def __init__(self, value=0.0, seconds=0.0):
        self.value = value
        self.seconds = seconds

    def fit(self, X):
        time.sleep(self.seconds)
        if self.value < 0:
            raise RuntimeError("below zero")
        return self

    def score(self, X, y=None):
        return self.value


class Sleeper(ClassifierMixin, BaseEstimator):
    """Fits for some seconds."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        time.sleep(self.seconds)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


class KillsItsWorker(Sleeper):
    """Dies like a process that took too much memory: each time, or once per file."""

    def __init__(self, path=None, seconds=0.0, always=False):
        super().__init__(seconds)
        self.path = path
        self.always = always

    def fit(self, X, y):
        if self.path is not None and (self.always or not os.path.exists(self.path)):
            with open(self.path, "a"):
                pass
            os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(X, y)

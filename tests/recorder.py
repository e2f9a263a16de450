"""A callback that travels to worker processes, which have to import it."""

from collections import Counter

import numpy as np


class Recorder:
    """Counts the tasks that begin and end, here and in worker processes."""

    max_propagation_depth = None

    def __init__(self):
        from sklearn.callback._transport import open_listener

        self.record = []
        self.handle = open_listener(self.record.append, owner=self)

    def __getstate__(self):
        return {**self.__dict__, "record": []}

    def setup(self, estimator, context):
        self._tell("setup", estimator, context)

    def teardown(self, estimator, context):
        self._tell("teardown", estimator, context)

    def on_fit_task_begin(self, estimator, context, *, X=None, y=None, metadata=None):
        self._tell("begin", estimator, context, X, y, metadata)

    def on_fit_task_end(self, estimator, context, *, X=None, y=None, metadata=None):
        self._tell("end", estimator, context, X, y, metadata)

    def _tell(self, hook, estimator, context, X=None, y=None, metadata=None):
        from sklearn.callback._transport import send

        name = type(estimator).__name__
        for ours, theirs in (
            ("GridSearchNN", "GridSearchCV"),
            ("RandomSearchNN", "RandomizedSearchCV"),
        ):
            name = name.replace(ours, theirs)
        told = (
            hook,
            name,
            context.task_name,
            context.task_id,
            context.max_subtasks,
            None if X is None else len(X),
            None if y is None else len(y),
            metadata and {key: np.sum(value) for key, value in metadata.items()} and True,
        )
        send(self.handle, told)

    def counts(self):
        return Counter(self.record)


class Asks(Recorder):
    """Asks to stop at the end of certain tasks.

    Parameters
    ----------
    *tasks : str
        Names of the tasks.
    number : int
        The number of the first of them after which it asks.
    """

    def __init__(self, *tasks, number=0):
        super().__init__()
        self.tasks, self.number = tasks, number

    def on_fit_task_end(self, estimator, context, **told):
        super().on_fit_task_end(estimator, context, **told)
        return context.task_name in self.tasks and context.task_id >= self.number


class StopsFits(Recorder):
    """Asks to stop after this many epochs of a network."""

    def __init__(self, n_epochs):
        super().__init__()
        self.n_epochs = n_epochs

    def on_fit_task_end(self, estimator, context, **told):
        super().on_fit_task_end(estimator, context, **told)
        return context.task_name == "epoch" and estimator.n_iter_ >= self.n_epochs


class Breaks(Recorder):
    """Raises an error at the beginning or at the end of a task of an estimator."""

    def __init__(self, hook, task, estimator_name, error):
        super().__init__()
        self.event, self.error = (hook, estimator_name, task), error

    def _tell(self, *event, **told):
        super()._tell(*event, **told)
        hook, estimator, context, *_ = event
        if (hook, type(estimator).__name__, context.task_name) == self.event:
            raise self.error

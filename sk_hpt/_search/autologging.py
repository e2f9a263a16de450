"""MLflow's autologging logs a search as it logs scikit-learn's own.

``mlflow.sklearn.autolog()`` replaces methods of scikit-learn's classes by wrappers. It looks for no
other classes, so it would not see a search. Here the wrapper that MLflow put around a method of
GridSearchCV is put around the same method of a search, anew for each call. So MLflow itself decides
what it logs, and nothing has to be undone when its autologging ends.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from types import CellType, FunctionType
from typing import Any, TypeVar, cast

from sklearn.model_selection import GridSearchCV

Method = TypeVar("Method", bound=Callable[..., Any])


def autologged(method: Method) -> Method:
    """Decorate a method of a search that MLflow wraps in scikit-learn's searches."""
    name = method.__name__

    @wraps(method)
    def call(search: object, *args: Any, **params: Any) -> Any:
        theirs = inspect.getattr_static(GridSearchCV, name)
        # An optional method is an object of scikit-learn's that contains the function.
        return _wrapped_like(getattr(theirs, "fn", theirs), method)(search, *args, **params)

    return cast(Method, call)


def _wrapped_like(theirs: Callable[..., Any], method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method in the wrapper that MLflow put around another; without one, as it is.

    The wrapper is a closure: one of its cells contains the function that it calls. A function with
    the same code and `method` in that cell is the same wrapper around `method`.
    """
    if not isinstance(theirs, FunctionType) or not _is_of_mlflow(theirs):
        return method
    original = inspect.getattr_static(theirs, "__wrapped__", None)
    cells = theirs.__closure__ or ()
    if not any(cell.cell_contents is original for cell in cells):
        return method  # another MLflow: better no log than a call of scikit-learn's method
    closure = (CellType(method) if cell.cell_contents is original else cell for cell in cells)
    return FunctionType(theirs.__code__, theirs.__globals__, closure=tuple(closure))


def _is_of_mlflow(function: FunctionType) -> bool:
    # `__module__` would be the one of the function that is wrapped.
    return str(function.__globals__.get("__name__")).partition(".")[0] == "mlflow"

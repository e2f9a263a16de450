"""Pictures of what a search did, in the manner of scikit-learn's displays.

Each display is made from a fitted search by ``from_search``, which computes its data and draws
them; ``plot`` draws them again. What computes knows no matplotlib, which is an optional extra:
``pip install "sk_hpt[plots]"``.
"""

from sk_hpt.displays._history import OptimizationHistoryDisplay
from sk_hpt.displays._importance import ParameterImportanceDisplay
from sk_hpt.displays._learning_curves import LearningCurvesDisplay
from sk_hpt.displays._parallel_coordinates import ParallelCoordinatesDisplay
from sk_hpt.displays._surrogate_slices import SurrogateSliceDisplay

__all__ = [
    "LearningCurvesDisplay",
    "OptimizationHistoryDisplay",
    "ParallelCoordinatesDisplay",
    "ParameterImportanceDisplay",
    "SurrogateSliceDisplay",
]

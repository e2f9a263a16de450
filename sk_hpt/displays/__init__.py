"""Plots of a fitted search, in the manner of scikit-learn's display objects.

The displays are:

- :class:`OptimizationHistoryDisplay`: the score of each trial and the best score so far,
- :class:`ScoreDistributionDisplay`: the distribution of the scores of searches,
- :class:`FitTimeDisplay`: the score of each trial against its fit time,
- :class:`TimelineDisplay`: when and in which worker each fit ran,
- :class:`LearningCurvesDisplay`: the training loss of each trial by epoch,
- :class:`RungScoresDisplay`: the scores of a halving search when trials were pruned,
- :class:`ParameterImportanceDisplay`: share of the variance that each parameter explains,
- :class:`ParallelCoordinatesDisplay`: one line for each trial, from its parameters to its score,
- :class:`TrialSlicesDisplay`: the score of the trials against each parameter,
- :class:`ContourDisplay`: the score over two parameters,
- :class:`SurrogateSliceDisplay`: the score that a :class:`~sk_hpt.BayesSearchNN` predicts.

``from_search`` computes the data of a display from a fitted search, stores them as attributes and
draws them; ``plot`` draws the stored data again. Displays with ``from_searches`` compare several
searches. The two halves are apart in the code as well: a module such as ``_importance_data``
computes and does not know matplotlib, and ``_importance`` draws. What several displays need is in
``_search_results`` (the trials of a search), ``_parameter_values`` (their parameters),
``_trial_markers`` and ``_panels`` (trials in plots of the score), and ``_style`` (colours, axes,
ticks and legends).

matplotlib is an optional dependency, ``pip install "sk_hpt[plots]"``, and is imported when a
display is drawn.
"""

from sk_hpt.displays._contour import ContourDisplay
from sk_hpt.displays._fit_time import FitTimeDisplay
from sk_hpt.displays._history import OptimizationHistoryDisplay
from sk_hpt.displays._importance import ParameterImportanceDisplay
from sk_hpt.displays._learning_curves import LearningCurvesDisplay
from sk_hpt.displays._parallel_coordinates import ParallelCoordinatesDisplay
from sk_hpt.displays._rung_scores import RungScoresDisplay
from sk_hpt.displays._score_distribution import ScoreDistributionDisplay
from sk_hpt.displays._surrogate_slices import SurrogateSliceDisplay
from sk_hpt.displays._timeline import TimelineDisplay
from sk_hpt.displays._trial_slices import TrialSlicesDisplay

__all__ = [
    "ContourDisplay",
    "FitTimeDisplay",
    "LearningCurvesDisplay",
    "OptimizationHistoryDisplay",
    "ParallelCoordinatesDisplay",
    "ParameterImportanceDisplay",
    "RungScoresDisplay",
    "ScoreDistributionDisplay",
    "SurrogateSliceDisplay",
    "TimelineDisplay",
    "TrialSlicesDisplay",
]

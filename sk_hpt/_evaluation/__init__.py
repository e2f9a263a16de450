"""From jobs to results: candidates trained and scored on folds, in parallel.

Problem                 what all fits share: estimator, data, folds, scorer
evaluate                one job: its run, driven by the one loop over epochs, and its scores
├── Run                 NetworkRun (native, pausable), ResourceRun (anew on each rung) and others
├── FoldCache           rows that many networks see alike, prepared once
└── evaluate_together   jobs that differ only in when they stop, from one training
FitRunner               many jobs through joblib
refit                   the best trial, or several, on all rows
"""

from sk_hpt._evaluation.evaluate import evaluate
from sk_hpt._evaluation.fit_runner import FitRunner, RunningFits, WorkerReport
from sk_hpt._evaluation.fold_cache import FoldCache, NoCache, PreparedFold
from sk_hpt._evaluation.predictions import votes_softly
from sk_hpt._evaluation.problem import Problem
from sk_hpt._evaluation.refit import refit, refit_together
from sk_hpt._evaluation.resource import check_resource, max_resources
from sk_hpt._evaluation.rows import take_rows
from sk_hpt._evaluation.scoring import check_weights_are_scored, resolve_scorer, score

__all__ = [
    "FitRunner",
    "FoldCache",
    "NoCache",
    "PreparedFold",
    "Problem",
    "RunningFits",
    "WorkerReport",
    "check_resource",
    "check_weights_are_scored",
    "evaluate",
    "max_resources",
    "refit",
    "refit_together",
    "resolve_scorer",
    "score",
    "take_rows",
    "votes_softly",
]

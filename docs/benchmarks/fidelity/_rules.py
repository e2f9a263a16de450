"""Rules of multi-fidelity search that `fidelity_rules.py` compares.

A rule is a function of ``scores``, shape (n_settings, n_folds, n_epochs), and of ``ends``, shape
(n_settings, n_folds), the epochs after which networks stop by themselves. It returns the setting
it chose and the epochs that it trained, of the shape of ``ends``; it looks at no score that it has
not trained for. Rules of sk_hpt are the package's own; the others are what they were chosen among.

A ladder is a sequence of steps (epoch, n_folds, share): `epoch` is a share of the longest training,
and the best `share` of the settings goes on; behind the last step each is trained to the end on
every fold.
"""

from functools import partial

import numpy as np

from sk_hpt._trials import FitResult, ResultsTable
from sk_hpt.fidelity import Halving, Race


def of_package(scores, ends, fidelity, round_size=None):
    """All settings in one round, as in a grid or random search, or in rounds of this size."""
    n_settings, n_folds, last = scores.shape
    table = ResultsTable(n_folds, n_levels=fidelity.n_levels)
    trained = np.zeros_like(ends)
    round_size = round_size or n_settings
    for start in range(0, n_settings, round_size):
        candidates = [{}] * min(round_size, n_settings - start)
        trials = table.add_trials(candidates, lambda params: last)
        while jobs := list(fidelity.next_step(trials, table).jobs):
            for job in jobs:
                result = result_of(job, scores[job.cell], ends[job.cell])
                trained[job.cell] = result.n_epochs
                table.record(result)
    return np.nanargmax(table.fold_scores(table.trials).mean(axis=1)), trained


def result_of(job, scores, end):
    """What comes of a fit whose scores after each epoch are known, and do not change any more
    after its end."""
    n_epochs = min(job.rungs[-1].n_resources if job.rungs else end, end)
    return FitResult(
        *job.cell,
        fit_time=0.0,
        score_time=0.0,
        test_scores=scores[-1] if n_epochs == end else None,
        rung_scores={rung: scores[rung.n_resources - 1] for rung in job.rungs},
        n_epochs=int(n_epochs),
    )


def few(scores, ends, share):
    """Every ``1 / share``-th setting, in full."""
    n, trained = max(1, round(share * len(scores))), np.zeros_like(ends)
    trained[:n] = ends[:n]
    return np.argmax(scores[:n, :, -1].mean(axis=1)), trained


def forgiving(done, incumbent):
    """Return whether the mean of the folds that are done beats the incumbent's worst fold."""
    return done.mean() > incumbent.min()


def against_mean(done, incumbent):
    """Return whether the mean of the folds that are done is no worse than the incumbent's."""
    return done.mean() >= incumbent.mean()


def paired(done, incumbent, n_errors=1.0):
    """Whether the same folds' differences to the incumbent may still be above zero in the mean.

    Their variance counts the incumbent's variance over folds as one observation, so that there
    is one from the first fold on.
    """
    n, differences = len(done), done - incumbent[: len(done)]
    squares = ((differences - differences.mean()) ** 2).sum() + incumbent.var(ddof=1)
    return differences.mean() >= -n_errors * np.sqrt(squares) / n


def race(scores, trained, order, stays):
    """The best of the settings in `order` on all folds; those that no longer may be are dropped.

    The first is the incumbent and is trained on every fold, the others fold by fold.
    """
    final, last = scores[:, :, -1], scores.shape[2]
    incumbent, others = order[0], list(order[1:])
    trained[incumbent] = last
    for fold in range(scores.shape[1]):
        if fold and stays:
            others = [i for i in others if stays(final[i, :fold], final[incumbent])]
        trained[others, fold] = last
    return max([incumbent, *others], key=lambda i: final[i].mean())


def predicted(scores, trained, trials, step, trend, checkpoint):
    """Scores of `trials` on a step of the ladder, moved on by their trend since the checkpoint."""
    last = scores.shape[2]
    epoch, folds = max(1, round(step[0] * last)), slice(step[1])
    trained[trials, folds] = np.maximum(trained[trials, folds], epoch)
    now = scores[trials, folds, epoch - 1].mean(axis=1)
    if epoch == last:
        return now
    before = scores[trials, folds, max(1, round(checkpoint * epoch)) - 1].mean(axis=1)
    return now + trend * (now - before)


def halving(
    scores, ends, ladder, trend=0.5, checkpoint=0.5, finalists=3, stays=None, unprunable=0.0
):
    """All settings climb the ladder together; those at its top race."""
    trained = np.zeros_like(ends)
    alive = np.arange(len(scores))
    exempt = alive[: round(unprunable * len(alive))]
    for step in ladder:
        ranked = alive[
            np.argsort(-predicted(scores, trained, alive, step, trend, checkpoint), kind="stable")
        ]
        n_kept = max(finalists, int(np.ceil(step[2] * len(alive) - 1e-9)))
        alive = np.concatenate([ranked[:n_kept], np.setdiff1d(exempt, ranked[:n_kept])])
    return race(scores, trained, alive, stays), np.minimum(trained, ends)


def in_turn(scores, ends, ladder, trend=0.5, checkpoint=0.5, floor=1, stays=paired):
    """One setting after the other climbs as long as it is among the best that were ever there."""
    trained = np.zeros_like(ends)
    seen, incumbent = [[] for _ in ladder], None
    for trial in range(len(scores)):
        for step, others in zip(ladder, seen, strict=True):
            (value,) = predicted(scores, trained, [trial], step, trend, checkpoint)
            n_better = sum(other > value for other in others)
            others.append(value)
            if n_better >= max(floor, np.ceil(step[2] * len(others))):
                break
        else:
            order = [trial] if incumbent is None else [incumbent, trial]
            incumbent = race(scores, trained, order, stays)
    return incumbent, np.minimum(trained, ends)


def ladder(epochs, keep, top=None, folds=None):
    """Steps over epochs, as shares of the longest training, and then all of it on one fold."""
    folds = folds or [1] * (len(epochs) + 1)
    shares = [keep] * len(epochs) + [keep if top is None else top]
    return tuple(zip([*epochs, 1.0], folds, shares, strict=True))


BY_2, BY_3 = (1 / 8, 1 / 4, 1 / 2), (1 / 9, 1 / 3)
HALVES, THIRDS = ladder(BY_2, 1 / 2), ladder(BY_3, 1 / 3)

RULES = {
    "sk_hpt: race": partial(of_package, fidelity=Race()),
    "sk_hpt: halving": partial(of_package, fidelity=Halving()),
    "sk_hpt: halving, factor 3": partial(of_package, fidelity=Halving(factor=3, n_rungs=2)),
    "sk_hpt: halving, 4 rungs": partial(of_package, fidelity=Halving(n_rungs=4)),
    "sk_hpt: halving, rungs on 2 folds": partial(of_package, fidelity=Halving(n_folds=2)),
    "sk_hpt: halving, rungs on 3 folds": partial(of_package, fidelity=Halving(n_folds=3)),
    "in turn: sk_hpt: race": partial(of_package, fidelity=Race(), round_size=1),
    "in turn: sk_hpt: halving": partial(of_package, fidelity=Halving(), round_size=1),
    "a third of the settings, in full": partial(few, share=1 / 3),
    "a ninth of the settings, in full": partial(few, share=1 / 9),
    "race, forgiving": partial(halving, ladder=((1.0, 1, 1.0),), stays=forgiving),
    "race, paired": partial(halving, ladder=((1.0, 1, 1.0),), stays=paired),
    "race, paired, 2 errors": partial(
        halving, ladder=((1.0, 1, 1.0),), stays=partial(paired, n_errors=2)
    ),
    "race against the mean": partial(halving, ladder=((1.0, 1, 1.0),), stays=against_mean),
    "thirds from 1/9, every rung on all folds": partial(
        halving, ladder=tuple((e, 5, 1 / 3) for e in BY_3)
    ),
    "thirds from 1/9 on folds 1, 3, all": partial(
        halving, ladder=((1 / 9, 1, 1 / 3), (1 / 3, 3, 1 / 3))
    ),
    "thirds from 1/9 on folds 1, 1, all": partial(
        halving, ladder=((1 / 9, 1, 1 / 3), (1 / 3, 1, 1 / 3))
    ),
    "thirds from 1/9 on folds 1, 1, 1, all": partial(halving, ladder=THIRDS),
    "the same from 1/27": partial(halving, ladder=ladder((1 / 27, *BY_3), 1 / 3)),
    "quarters from 1/16": partial(halving, ladder=ladder((1 / 16, 1 / 4), 1 / 4)),
    "halves from 1/4": partial(halving, ladder=ladder(BY_2[1:], 1 / 2)),
    "halves from 1/8": partial(halving, ladder=HALVES),
    "halves from 1/16": partial(halving, ladder=ladder((1 / 16, *BY_2), 1 / 2)),
    "halves from 1/32": partial(halving, ladder=ladder((1 / 32, 1 / 16, *BY_2), 1 / 2)),
    "halves from 1/8, folds 1, 2, 3, 4, all": partial(
        halving, ladder=ladder(BY_2, 1 / 2, folds=[1, 2, 3, 4])
    ),
    "halves from 1/8, no whole training on one fold": partial(halving, ladder=HALVES[:-1]),
    "halves from 1/8, paired race of the finalists": partial(halving, ladder=HALVES, stays=paired),
    "halves from 1/8, forgiving race of the finalists": partial(
        halving, ladder=HALVES, stays=forgiving
    ),
    "halves from 1/8, at least 1 finalist": partial(halving, ladder=HALVES, finalists=1),
    "halves from 1/8, at least 5 finalists": partial(halving, ladder=HALVES, finalists=5),
    "halves from 1/8, no trend": partial(halving, ladder=HALVES, trend=0.0),
    "halves from 1/8, trend 1/4": partial(halving, ladder=HALVES, trend=0.25),
    "halves from 1/8, trend 1": partial(halving, ladder=HALVES, trend=1.0),
    "halves from 1/8, trend 1/2 since a third": partial(halving, ladder=HALVES, checkpoint=1 / 3),
    "thirds from 1/9, no trend": partial(halving, ladder=THIRDS, trend=0.0),
    "thirds from 1/9, trend 1 since a third": partial(
        halving, ladder=THIRDS, trend=1.0, checkpoint=1 / 3
    ),
    "thirds from 1/9, a tenth unprunable": partial(halving, ladder=THIRDS, unprunable=0.1),
    "in turn: race, paired": partial(in_turn, ladder=()),
    "in turn: halves from 1/8": partial(in_turn, ladder=HALVES),
    "in turn: halves from 1/16": partial(in_turn, ladder=ladder((1 / 16, *BY_2), 1 / 2)),
    "in turn: thirds from 1/9": partial(in_turn, ladder=THIRDS),
    "in turn: thirds from 1/9, the best 3 at least": partial(in_turn, ladder=THIRDS, floor=3),
}

import math

from sk_hpt.training import SharedStops, Stopping


def test_stopping():
    rule = Stopping(max_iter=100, tol=0.1, n_iter_no_change=2)
    assert rule.best_loss == math.inf
    for loss, stalled in [(1.0, False), (0.95, False), (0.8, False), (0.75, False), (0.9, False)]:
        rule.hear_loss(loss)
        assert rule.stalled == stalled
    rule.hear_loss(0.8)
    assert rule.stalled and rule.best_loss == 0.75


def test_shared_stops_remember_when():
    stops = SharedStops([Stopping(1, 0.0, 1), Stopping(2, 0.0, 1)])
    stops.take(1, "network")
    assert stops.networks == {1: "network"} and stops.stopped_at[1] > 0

from types import SimpleNamespace

import pytest

from sk_hpt._stop_request import StopRequest


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr("sk_hpt._stop_request.time", SimpleNamespace(time=lambda: clock.now))
    return clock


def test_a_share_of_the_time_left_is_spent_before_all_of_it(clock):
    stop = StopRequest(timeout=10)
    clock.now += 5
    is_spent = stop.when_spent(0.2)
    clock.now += 0.9
    assert not is_spent()
    clock.now += 0.2
    assert is_spent() and not stop.is_requested()


def test_a_request_ends_every_share(clock):
    stop = StopRequest()
    is_spent = stop.when_spent(0.1)
    clock.now += 1e9
    assert not is_spent()  # there is no deadline
    stop.request("callback")
    assert is_spent()

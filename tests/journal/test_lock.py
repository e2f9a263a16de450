"""The lock that admits one search at a time."""

import os
import subprocess
import sys
import threading

import pytest

from sk_hpt.journal._lock import Lock


def test_a_second_lock_is_refused_until_release(tmp_path):
    path = tmp_path / "search.db"
    lock = Lock(path)
    for _ in range(3):
        with pytest.raises(OSError, match="in use by another search"):
            Lock(path)
    errors = []

    def other():
        try:
            Lock(path)
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert len(errors) == 1
    with another_process(path) as process:
        assert process.communicate() == ("refused\n", None)
    lock.release()
    Lock(path).release()
    assert list(tmp_path.iterdir()) == []


HOLDER = """
import sys, time
from pathlib import Path
from sk_hpt.journal._lock import Lock
try:
    lock = Lock(Path(sys.argv[1]))
except OSError:
    print("refused", flush=True)
else:
    print("held", flush=True)
    sys.stdin.readline()
    lock.release()
"""


def another_process(path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-P", "-c", HOLDER, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, **pipes)


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    path = tmp_path / "search.db"
    with another_process(path) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(OSError, match="in use"):
            Lock(path)
        process.kill()
    Lock(path).release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["nowhere", "/proc"])
def test_folders_that_cannot_be_written(tmp_path, folder):
    with pytest.raises(OSError, match="cannot be written.*Choose a folder"):
        Lock(tmp_path / folder / "search.db")

"""
Resume a search that was killed
===============================

With a ``journal``, every fit is stored on disk soon after it has finished. This example kills a
search midway with SIGKILL, which no program can catch, as happens if the machine runs out of
memory. Then it runs the same program again.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt

from sk_hpt.journal import read

# %%
# This is the program. The ``journal`` parameter is all that is needed to resume it.

PROGRAM = """
import sys
import warnings
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier
from sk_hpt import RandomSearchNN
from sk_hpt.space import HiddenLayers, Real

warnings.simplefilter("ignore")
X, y = load_digits(return_X_y=True)
search = RandomSearchNN(
    MLPClassifier(max_iter=40, random_state=0),
    {
        "hidden_layer_sizes": HiddenLayers(n_layers=(1, 2), units=(32, 128)),
        "learning_rate_init": Real(1e-4, 1e-1, log=True),
    },
    n_iter=12, cv=3, random_state=0, journal=sys.argv[1] if len(sys.argv) > 1 else None,
)
search.fit(X / 16, y)
print(search.best_params_, search.best_score_)
"""

folder = Path(tempfile.mkdtemp())
program, journal = folder / "search.py", folder / "search.db"
program.write_text(PROGRAM, encoding="utf-8")


def n_complete():
    """Return the number of complete trials in the journal. Any process may read it at any time."""
    trials = read(journal) if journal.exists() and journal.stat().st_size else []
    return sum(trial["status"] == "complete" for trial in trials)


# %%
# Start the program, and kill it when five trials are complete.

child = subprocess.Popen([sys.executable, program, journal])
while n_complete() < 5 and child.poll() is None:
    time.sleep(0.05)
child.kill()
exit_code, n_before = child.wait(), n_complete()
print("exit code", exit_code, "with", n_before, "of 12 trials complete")

# %%
# Run the same program again. It runs only the fits that are missing.

started = time.perf_counter()
resumed = subprocess.run([sys.executable, program, journal], capture_output=True, text=True)
resumed_seconds = time.perf_counter() - started
print(resumed.stdout, end="")

# %%
# For comparison, run the program without a journal and without an interruption. The results are the
# same.

started = time.perf_counter()
uninterrupted = subprocess.run([sys.executable, program], capture_output=True, text=True)
uninterrupted_seconds = time.perf_counter() - started
print("same results:", resumed.stdout == uninterrupted.stdout)
print(f"resumed in {resumed_seconds:.1f} s, uninterrupted in {uninterrupted_seconds:.1f} s")

# %%
# The journal knows when each trial was finished. The clock of a resumed search goes on where the
# killed one stopped.

times = sorted(trial["finish_time"] for trial in read(journal))
figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(times[:n_before], range(1, n_before + 1), "o", label="before it was killed")
ax.plot(times[n_before:], range(n_before + 1, 13), "D", label="after it was resumed")
ax.axhline(n_before + 0.5, color="grey", linewidth=1)
ax.set(xlabel="seconds of search", ylabel="complete trials", ylim=(0, 12.5))
ax.legend(loc="upper left")
plt.show()

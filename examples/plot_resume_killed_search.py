"""
Resume a search that was killed
===============================

With a ``journal`` every fit is on disk soon after it has finished. Here a search is killed midway
with SIGKILL, which no program can catch, as when the machine runs out of memory. Then the same
program is run again.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sk_hpt.journal import read

# %%
# The program. ``journal`` is all that makes it safe.

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
    """Trials that are complete in the journal; any process may look at any time."""
    trials = read(journal) if journal.exists() and journal.stat().st_size else []
    return sum(trial["status"] == "complete" for trial in trials)


# %%
# Start it, and kill it once five trials are complete.

child = subprocess.Popen([sys.executable, program, journal])
while n_complete() < 5 and child.poll() is None:
    time.sleep(0.05)
child.kill()
print("exit code", child.wait(), "with", n_complete(), "of 12 trials complete")

# %%
# Run the same program again. It trains only what is missing.

started = time.perf_counter()
resumed = subprocess.run([sys.executable, program, journal], capture_output=True, text=True)
resumed_seconds = time.perf_counter() - started
print(resumed.stdout, end="")

# %%
# And the one that nobody disturbed, without a journal: the same trials, the same scores.

started = time.perf_counter()
undisturbed = subprocess.run([sys.executable, program], capture_output=True, text=True)
undisturbed_seconds = time.perf_counter() - started
print("the same:", resumed.stdout == undisturbed.stdout)
print(f"resumed in {resumed_seconds:.1f} s, undisturbed in {undisturbed_seconds:.1f} s")

"""Colours, and matplotlib as an optional dependency."""

import subprocess
import sys

from sk_hpt.displays._style import CYCLE, next_colour


def test_importing_the_displays_does_not_import_matplotlib():
    program = "import sys, sk_hpt.displays; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-P", "-c", program], check=False).returncode == 0


def test_colours_come_in_the_order_of_the_cycle_and_start_again():
    assert next_colour([]) == CYCLE[0]
    assert next_colour([CYCLE[0].upper(), "black", CYCLE[2]]) == CYCLE[1]
    assert next_colour(CYCLE) == CYCLE[0] and next_colour([*CYCLE, "black"]) == CYCLE[1]

"""The names that the API reference lists."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "api.rst"


def listed_names():
    """Yield each name in docs/api.rst as (module, name)."""
    module = "sk_hpt"
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"\.\. currentmodule:: (.+)", line):
            module = found[1]
        elif re.fullmatch(r"   \w+", line):
            yield module, line.strip()

"""What the files for citing and for the policies say is what the package does."""

import re
from pathlib import Path

import sk_hpt
from sk_hpt.journal._file import VERSION

ROOT = Path(__file__).parents[1]


def test_the_version_to_cite_is_the_version_of_the_package():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", citation, flags=re.MULTILINE)[1] == sk_hpt.__version__


def test_the_policies_name_the_format_of_the_journal():
    policies = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    assert re.search(r"reads and writes format (\d+)", policies)[1] == str(VERSION)

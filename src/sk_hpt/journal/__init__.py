"""What finished is never lost.

A journal is told each fold's result before anyone else hears of it, and gives back what an
earlier run of the same search already knows. :class:`NullJournal` remembers nothing.
"""

from sk_hpt.journal._base import Journal
from sk_hpt.journal._null import NullJournal

__all__ = ["Journal", "NullJournal"]

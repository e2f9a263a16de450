"""What finished is never lost.

A journal hears of each fold's result before the proposer does, and gives back what an earlier
run of the same search already knows. :class:`NullJournal` remembers nothing;
:class:`SqliteJournal` is the file that a search has as its ``journal``, and :func:`read` gives
its trials for a look.

A search is resumed by replay. It asks for the same trials and the same fits in the same order
as before, for all its decisions follow from its settings and from results; each fit that an
earlier run came to is answered from the journal. What is not deterministic in a search, a seed
that nobody set, is kept there as well. A fingerprint of settings and data guards against
answers to another search's questions.

====================  =======================================================
``_sqlite.py``        the journal in a file: the answers that the loop hears
``_records.py``       trials and results as rows
``_values.py``        values as JSON that gives them back exactly
``_fingerprint.py``   what tells one search from another
``_log.py``           the SQLite file: rows with checksums, only ever added
``_lock.py``          one process at a time
``_read.py``          a journal for reading
====================  =======================================================
"""

from sk_hpt.journal._base import Journal, Origin
from sk_hpt.journal._null import NullJournal
from sk_hpt.journal._read import read
from sk_hpt.journal._sqlite import SqliteJournal, open_journal

__all__ = ["Journal", "NullJournal", "Origin", "SqliteJournal", "open_journal", "read"]

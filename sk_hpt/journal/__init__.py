"""Finished fits, stored in a file.

A search with a ``journal`` writes each result to the file before its proposer is told about it.
:func:`read` returns the trials in such a file, also while the search runs.

A search is resumed by replay. All decisions of a search follow from its settings and from the
results, so the same search asks for the same trials and the same fits in the same order. Fits that
an earlier run has finished are answered from the journal, the others are run. A seed that had to be
drawn, because the search has no ``random_state``, is stored in the journal as well. A fingerprint
of the settings and the data keeps a search from using the results of another one.

====================  =============================================================
``_base.py``          :class:`Journal`, the interface that the search calls, which stores nothing
``_sqlite.py``        :class:`SqliteJournal`, of a search with ``journal=path``
``_records.py``       trials and results as the rows of a journal, and back
``_values.py``        values as JSON that restores them exactly
``_fingerprint.py``   the description of settings and data that identifies a search
``_file.py``          the SQLite file: rows with checksums, which are only ever added
``_lock.py``          one search at a time
``_read.py``          :func:`read`
====================  =============================================================
"""

from sk_hpt.journal._read import read

__all__ = ["read"]

"""The file of a journal, intact and damaged."""

import os
import random
import shutil
import signal
import sqlite3
from contextlib import closing

import pytest

from sk_hpt.journal._file import Row, RowWriter, read_rows

ROWS = [Row("result", f'{{"trial": {i}, "text": "{"x" * (i % 300)}"}}') for i in range(100)]


def write(path, rows=ROWS):
    writer = RowWriter(path, read_rows(path))
    for row in rows:
        writer.append(row)
    writer.close()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "search.db"
    write(path)
    return path


@pytest.fixture
def killed(tmp_path):
    """Return a journal whose writer died: most rows are in the write-ahead log."""
    path = tmp_path / "killed.db"
    write(path, ROWS[:10])
    writer = RowWriter(path, ROWS[:10])
    for row in ROWS[10:]:
        writer.append(row)
        writer.flush()
    for end in ("", "-wal"):
        shutil.copy(f"{path}{end}", tmp_path / f"copy.db{end}")
    writer.close()
    return tmp_path / "copy.db"


def test_appended_rows_are_read_back(path, tmp_path):
    assert read_rows(path) == ROWS
    write(path, ROWS[:3])
    assert read_rows(path) == ROWS + ROWS[:3]
    assert list(tmp_path.iterdir()) == [path]


def test_a_journal_can_be_read_while_it_is_written(path):
    writer = RowWriter(path, ROWS)
    writer.append(ROWS[0])
    writer.flush()
    assert len(read_rows(path)) == 101
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM journal").fetchone()
        writer.append(ROWS[1])
        writer.close()  # cannot leave write-ahead mode while somebody reads
    assert len(read_rows(path)) == 102


def test_a_missing_or_empty_file_has_no_rows(tmp_path):
    assert read_rows(tmp_path / "new.db") == []
    (tmp_path / "empty.db").touch()
    assert read_rows(tmp_path / "empty.db") == []
    write(tmp_path / "empty.db")
    assert read_rows(tmp_path / "empty.db") == ROWS


def assert_whole_or_refused(path, expected=ROWS, prefix=False):
    """Check that rows are right or refused, and return whether they were refused."""
    before = path.read_bytes()
    try:
        rows = read_rows(path)
    except (ValueError, OSError) as error:
        assert str(path) in str(error) and ("file" in str(error) or "path" in str(error))
        assert path.read_bytes() == before
        return True
    assert rows == (expected[: len(rows)] if prefix else expected)
    return False


def test_cut_off_at_every_4_kib(path):
    content = path.read_bytes()
    for size in range(4096, len(content), 4096):
        path.write_bytes(content[:size])
        assert assert_whole_or_refused(path)
    path.write_bytes(content[:-1])
    assert assert_whole_or_refused(path)


def test_cut_off_after_a_crash(killed):
    wal = killed.with_name(f"{killed.name}-wal")
    content = wal.read_bytes()
    for size in range(0, len(content), 4096):
        wal.write_bytes(content[:size])
        assert_whole_or_refused(killed, prefix=True)
        killed.with_name(f"{killed.name}-shm").unlink(missing_ok=True)
    killed.write_bytes(b"")
    with pytest.raises(ValueError, match="damaged"):
        read_rows(killed)


def test_flipped_bits(path, killed):
    rng = random.Random(0)
    n_refused = 0
    wal = killed.with_name(f"{killed.name}-wal")
    for file, main, n_flips in ((path, path, 150), (killed, killed, 30), (wal, killed, 100)):
        content = file.read_bytes()
        for _ in range(n_flips):
            flipped = bytearray(content)
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
            file.write_bytes(flipped)
            n_refused += assert_whole_or_refused(main, prefix=main is killed)
            main.with_name(f"{main.name}-shm").unlink(missing_ok=True)
        file.write_bytes(content)
    assert n_refused > 50  # most of the others hit unused bytes


def test_a_removed_or_changed_row_is_noticed(path):
    for change in (
        "DELETE FROM journal WHERE number = 50",
        "UPDATE journal SET content = '{}' WHERE number = 50",
        "UPDATE journal SET checksum = x'00' WHERE number = 50",
        "UPDATE journal SET number = -1 WHERE number = 50",
        "CREATE TRIGGER more AFTER INSERT ON journal BEGIN DELETE FROM journal; END",
        "CREATE VIEW other AS SELECT * FROM journal",
    ):
        copy = path.with_name("changed.db")
        shutil.copy(path, copy)
        with closing(sqlite3.connect(copy)) as file:
            file.execute(change)
            file.commit()
        with pytest.raises(ValueError, match="damaged"):
            read_rows(copy)


def test_files_that_are_not_a_journal(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError, match="is a directory. Give the path of a file"):
        read_rows(folder)
    text = tmp_path / "notes.txt"
    text.write_text("My notes. " * 1000)
    with pytest.raises(ValueError, match="not an SQLite file"):
        read_rows(text)
    assert text.read_text() == "My notes. " * 1000
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as file:
        file.execute("CREATE TABLE journal (a)")
        file.commit()
    before = other.read_bytes()
    with pytest.raises(ValueError, match="not a journal of sk_hpt"):
        read_rows(other)
    assert other.read_bytes() == before


@pytest.mark.parametrize("version", [5, 99])
def test_a_journal_of_another_version(path, version):
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(ValueError, match=f"has version {version}.*reads version 6.*another file"):
        read_rows(path)


def test_a_full_disk(path):
    writer = RowWriter(path, ROWS)
    (n_pages,) = writer._connection.execute("PRAGMA page_count").fetchone()
    writer._connection.execute(f"PRAGMA max_page_count = {n_pages + 2}")
    with pytest.raises(OSError, match="is full.*Make room"):
        for i in range(1000):
            writer.append(Row("result", "y" * 1000))
            if i % 3 == 0:
                writer.flush()
    with pytest.raises(OSError, match="is full"):
        writer.close()
    rows = read_rows(path)
    assert rows[:100] == ROWS and 100 < len(rows) < 120
    write(path, ROWS[:1])
    assert len(read_rows(path)) == len(rows) + 1


def test_a_writer_that_is_killed_while_it_creates_the_file(tmp_path):
    """It is killed at each statement in turn, and leaves a journal without rows or nothing."""
    for n_statements in range(1, 9):
        path = tmp_path / f"{n_statements}.db"
        child = os.fork()
        if child == 0:
            _die_at_statement(path, n_statements)
        os.waitpid(child, 0)
        assert read_rows(path) == []
        write(path)
        assert read_rows(path) == ROWS


def _die_at_statement(path, n_statements):
    connect, left = sqlite3.connect, n_statements

    class Mortal(sqlite3.Connection):
        def execute(self, *arguments):
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().execute(*arguments)

    sqlite3.connect = lambda *args, **options: connect(*args, factory=Mortal, **options)
    RowWriter(path, [])
    os._exit(0)

"""Text that a stream can show, whatever its encoding."""

from __future__ import annotations

import sys


def encodable(text: str, stream: object = None) -> str:
    """Return the text with escapes for what a stream, by default standard output, cannot encode."""
    encoding = getattr(sys.stdout if stream is None else stream, "encoding", None)
    if not isinstance(encoding, str):
        return text
    return text.encode(encoding, "backslashreplace").decode(encoding)


def say(text: str) -> None:
    """Print a line."""
    print(encodable(text))

"""Bytes that can be read more than once, as lines of text.

An import goes over its file in passes, each a stream, so that memory does not
grow with the file. Zip archives are hostile until proven otherwise: one member,
bounded in size, nothing is written to disk, nothing inside is opened again.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import lzma
import os
import stat
import struct
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

from motovault.importers.errors import UnreadableSource
from motovault.importers.options import ImportOptions

__all__ = ["MAX_BYTES", "MAX_MEMBERS", "Source"]

MAX_BYTES = 512 * 1024 * 1024
"""The largest file, and the largest content of an archive, that is read."""

MAX_MEMBERS = 1000
"""The most entries that an archive may have."""

_CHUNK = 1 << 16
_IN_MEMORY = 8 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,  # encrypted
    NotImplementedError,  # a compression method that is not built in
    struct.error,
    ValueError,
    KeyError,
    IndexError,
    UnicodeError,
)


class Source:
    """One file to import.

    Attributes:
        name: What findings call it.
        encoding: How its text is encoded; known once :meth:`settle_encoding` ran.
    """

    def __init__(self, content: Path | str | bytes | BinaryIO, name: str | None = None) -> None:
        self._open: Callable[[], IO[bytes]]
        self.encoding = "utf-8-sig"
        if isinstance(content, (str, os.PathLike)):
            path = Path(content)
            self.name = name or path.name or "file"
            shown = self.name
            with _opened(path, shown) as stream:
                found = os.fstat(stream.fileno())
                if not stat.S_ISREG(found.st_mode):
                    # A pipe gives its bytes only once.
                    content = _spooled(stream, shown)  # type: ignore[assignment, arg-type]
            if stat.S_ISREG(found.st_mode):
                _refuse_large(found.st_size, shown)
                self._open = lambda: _unchanged(_opened(path, shown), found, shown)
            else:
                self._share(content)  # type: ignore[arg-type]
        elif isinstance(content, (bytes, bytearray, memoryview)):
            kept = bytes(content)
            self.name = name or "file"
            _refuse_large(len(kept), self.name)
            self._open = lambda: io.BytesIO(kept)
        elif hasattr(content, "read"):
            self.name = name or "file"
            self._share(_spooled(content, self.name))
        else:
            raise UnreadableSource(name or type(content).__name__, "must be a path, bytes or a binary stream")

    def _share(self, spool: IO[bytes]) -> None:
        self._open = lambda: _rewound(spool)
        weakref.finalize(self, spool.close)

    @property
    def is_zip(self) -> bool:
        """Whether it begins as a zip archive does."""
        with self._open() as stream:
            return stream.read(4) == b"PK\x03\x04"

    def member_names(self) -> list[str]:
        """Names of the entries of a zip archive, folders left out.

        Raises:
            UnreadableSource: It is broken or has too many entries.
        """
        try:
            with self._open() as stream, zipfile.ZipFile(stream) as archive:
                found = archive.infolist()
        except _BROKEN_ZIP:
            raise UnreadableSource(self.name, "is a broken zip archive") from None
        if len(found) > MAX_MEMBERS:
            raise UnreadableSource(self.name, f"has {len(found)} entries; at most {MAX_MEMBERS} are read")
        return [info.filename for info in found if not info.is_dir()]

    def member(self, name: str) -> Source:
        """One entry of a zip archive, unpacked.

        Raises:
            UnreadableSource: It is broken, encrypted, or larger than it may be.
        """
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - lives as long as the source
        try:
            with self._open() as stream, zipfile.ZipFile(stream) as archive, archive.open(name) as packed:
                _copy(packed, spool, self.name)
        except _BROKEN_ZIP as error:
            spool.close()
            if isinstance(error, UnreadableSource):
                raise
            raise UnreadableSource(self.name, "is a broken or encrypted zip archive") from None
        inner = Source(b"", self.name)
        inner._share(spool)
        return inner

    def settle_encoding(self, options: ImportOptions) -> None:
        """Find out how the text is encoded: a byte order mark, else UTF-8, else Windows-1252, else Latin-1.

        Raises:
            UnreadableSource: The text is not in the declared encoding, or breaks the one its mark announces.
        """
        with self._open() as stream:
            head = stream.read(4)
        marked = next((name for bom, name in _BOMS if head.startswith(bom)), None)
        if options.encoding is not None:
            candidates = [options.encoding]
        else:
            candidates = [marked] if marked else ["utf-8", "cp1252", "latin-1"]
        for candidate in candidates:
            if self._decodes(candidate):
                self.encoding = candidate
                return
        raise UnreadableSource(self.name, f"is not text in the encoding {candidates[0]}")

    def _decodes(self, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)()
        with self._open() as stream:
            try:
                while chunk := stream.read(_CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
            except (UnicodeError, ValueError):
                return False
        return True

    @contextlib.contextmanager
    def lines(self) -> Iterator[Iterator[str]]:
        """Physical lines of text; CR, LF and CRLF all end one, and each comes with a plain ``\\n``."""
        with self._open() as stream:
            text = io.TextIOWrapper(stream, encoding=self.encoding, newline=None)
            try:
                yield text
            finally:
                with contextlib.suppress(ValueError):
                    text.detach()


class _Rewound(io.RawIOBase):
    """A shared temporary file, read from its start; closing it leaves the file open."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            offset += self._at
            whence = io.SEEK_SET
        self._at = self._spool.seek(offset, whence)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        # Two passes may stand in the same file at once, so each keeps its own place.
        self._spool.seek(self._at)
        data = self._spool.read(len(view))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def _rewound(spool: IO[bytes]) -> IO[bytes]:
    return io.BufferedReader(_Rewound(spool), _CHUNK)


def _opened(path: Path, name: str) -> IO[bytes]:
    try:
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise UnreadableSource(name, f"cannot be read: {reason}") from None


def _unchanged(stream: IO[bytes], before: os.stat_result, name: str) -> IO[bytes]:
    """The stream, if the file is still the one that was read before: passes must see the same rows."""
    now = os.fstat(stream.fileno())
    if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        stream.close()
        raise UnreadableSource(name, "was changed while it was being imported; plan again")
    return stream


def _refuse_large(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise UnreadableSource(name, f"is larger than {MAX_BYTES >> 20} MiB")


def _spooled(stream: BinaryIO, name: str) -> IO[bytes]:
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - lives as long as the source
    try:
        _copy(stream, spool, name)
    except (OSError, ValueError) as error:
        spool.close()
        if isinstance(error, UnreadableSource):
            raise
        raise UnreadableSource(name, "cannot be read to its end") from None
    return spool


def _copy(stream: IO[bytes], spool: IO[bytes], name: str) -> None:
    size = 0
    while chunk := stream.read(_CHUNK):
        if not isinstance(chunk, bytes):
            raise UnreadableSource(name, "must be opened in binary mode")
        size += len(chunk)
        _refuse_large(size, name)
        spool.write(chunk)

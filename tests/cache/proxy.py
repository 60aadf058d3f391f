"""A line between one client and a server that a test can cut, freeze and make slow."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator


class Proxy:
    """Listens on the loopback interface and passes bytes on to a Unix socket.

    Attributes:
        delay_seconds: How long each piece of an answer is held back.
        is_cut: Connections are refused, and those that were open are closed.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self.delay_seconds = 0.0
        self.is_cut = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listening.getsockname()[1]}/0"
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self.is_cut = True
        self._close_open()

    def heal(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._close_open()

    def _close_open(self) -> None:
        with self._lock:
            taken, self._open = self._open, set()
        for one in taken:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.is_cut:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._path)
            except OSError:
                client.close()
                server.close()
                continue
            with self._lock:
                self._open |= {client, server}
            threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if is_answer and self.delay_seconds:
                    time.sleep(self.delay_seconds)
                target.sendall(piece)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextlib.contextmanager
def between(server_url: str) -> Iterator[Proxy]:
    """A proxy in front of a server that listens on a Unix socket."""
    proxy = Proxy(server_url.removeprefix("unix://"))
    try:
        yield proxy
    finally:
        proxy.close()

"""Plays the browser of whoever authorises a bot: opens addresses, follows redirects, keeps what it has seen on its way."""

from __future__ import annotations

import html
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPMessage
from pathlib import Path
from typing import IO


class Browser(urllib.request.HTTPRedirectHandler):
    """Trusts the simulated Twitch, whatever its certificate authority (PEM) is called elsewhere. No proxy is used."""

    def __init__(self, ca_file: Path, patience: float = 20) -> None:
        self.visited: list[str] = []
        self._patience = patience
        context = ssl.create_default_context(cafile=str(ca_file))
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                                   urllib.request.HTTPSHandler(context=context), self)

    def redirect_request(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage,
                         newurl: str) -> urllib.request.Request | None:
        self.visited.append(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def open(self, url: str) -> tuple[int, str]:
        """Status and text of the page that this address leads to in the end."""
        self.visited.append(url)
        try:
            with self._opener.open(url, timeout=self._patience) as page:
                return page.status, page.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def codes(self) -> set[str]:
        """The authorization codes that came by."""
        queries = (urllib.parse.parse_qs(urllib.parse.urlsplit(url).query) for url in self.visited)
        return {code for query in queries for code in query.get("code", [])}


def text_of(page: str) -> str:
    """What a reader sees of a page."""
    body = page.partition("<body>")[2] or page
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", body))).strip()

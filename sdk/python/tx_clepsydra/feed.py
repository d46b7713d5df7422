"""
A client of the feed, of the standard library alone: JSON lines, gzip, a cursor.

What a line says replaces all that was said of the same `signalId` before. An answer without its last line broke off, and
nothing of it is kept.
"""

import gzip
import http.client
import io
import json
import logging
import time
import typing as t
import urllib.error
import urllib.parse
import urllib.request
import zlib
from dataclasses import dataclass

LIMIT = 5000
TIMEOUT_SECONDS = 60
# A line about one hash has some hundred opinions at most.
LONGEST_LINE_BYTES = 1 << 20
MOST_LINES = 200_000
ATTEMPTS = 3
TRY_AGAIN_ON = (429, 500, 502, 503, 504)

Line = t.Dict[str, t.Any]


class FeedError(Exception):
    """The feed cannot be followed; the message says what to do and names no secret."""


@dataclass
class Page:
    lines: t.List[Line]
    # Give this as the cursor of the next request.
    through: str
    more: bool


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """urllib would send the token on to wherever the answer points."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        return None


class FeedClient:
    def __init__(
        self,
        base_url: str,
        token: str,
        lists: t.Sequence[str] = (),
        limit: int = LIMIT,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = _feed_url(base_url)
        self._token = token
        self._lists = tuple(lists)
        self._limit = limit
        self._sleep = sleep
        self._opener = urllib.request.build_opener(_NoRedirect)

    def pages(self, cursor: t.Optional[str]) -> t.Iterator[Page]:
        """From a cursor on, None for the beginning, until there is no more now."""
        while True:
            page = self._page(cursor)
            yield page
            if not page.more:
                return
            if page.through == cursor:
                raise FeedError("the feed says that there is more and gives the place where it has been")
            cursor = page.through

    def _page(self, cursor: t.Optional[str]) -> Page:
        query = {"limit": str(self._limit)}
        if cursor is not None:
            query["cursor"] = cursor
        if self._lists:
            query["lists"] = ",".join(self._lists)
        request = urllib.request.Request(
            f"{self._url}?{urllib.parse.urlencode(query)}",
            headers={
                "Authorization": f"Bearer {self._token}",
                "Accept": "application/x-ndjson",
                "Accept-Encoding": "gzip",
                "User-Agent": "tx-extension-clepsydra",
            },
        )
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                    return read_page(_decoded(answer))
            except urllib.error.HTTPError as error:
                if error.code not in TRY_AGAIN_ON or attempt == ATTEMPTS:
                    raise FeedError(_meaning(error.code, cursor is not None)) from None
            except (OSError, EOFError, http.client.HTTPException, zlib.error) as error:
                if attempt == ATTEMPTS:
                    raise FeedError(f"the service cannot be reached: {type(error).__name__}") from None
            self._sleep(2.0**attempt)
        raise AssertionError("not reached")


def _feed_url(base_url: str) -> str:
    url = urllib.parse.urlsplit(base_url)
    is_local = url.hostname in ("localhost", "127.0.0.1", "::1")
    if url.scheme != "https" and not (url.scheme == "http" and is_local):
        raise FeedError("the address of the service begins with https://")
    path = url.path.rstrip("/")
    if not path.endswith("/feed"):
        path += "/exchange/feed"
    return urllib.parse.urlunsplit((url.scheme, url.netloc, path, "", ""))


def _meaning(status: int, has_cursor: bool) -> str:
    if status in (401, 403):
        return "the token was refused: it may have expired or been revoked"
    if status == 400 and has_cursor:
        return "the cursor was refused: the token or the lists changed. Fetch anew (tx fetch --clear)"
    if status == 404:
        return "there is no feed at this address, or a list is not for this token"
    return f"the service answered {status}"


def _decoded(answer: t.Any) -> t.BinaryIO:
    content_type = (answer.headers.get("Content-Type") or "").split(";")[0].strip().lower()
    if content_type != "application/x-ndjson":
        raise FeedError("the answer is not a feed: is this the address of the service?")
    if (answer.headers.get("Content-Encoding") or "").lower() == "gzip":
        return t.cast(t.BinaryIO, gzip.GzipFile(fileobj=answer))
    return t.cast(t.BinaryIO, io.BufferedReader(answer))


def read_page(body: t.BinaryIO) -> Page:
    """The lines of one answer. One that cannot be read is left out and logged; without the last one all of it is refused."""
    lines: t.List[Line] = []
    last: t.Optional[Line] = None
    for number in range(1, MOST_LINES + 2):
        raw = body.readline(LONGEST_LINE_BYTES + 1)
        if not raw:
            break
        if number > MOST_LINES or len(raw) > LONGEST_LINE_BYTES:
            raise FeedError("the answer is larger than a page of this feed")
        line = _parsed(raw)
        if last is not None:
            lines.append(last)
        last = line
        if line is None:
            logging.warning("clepsydra: line %d of a page cannot be read and is left out", number)
    if last is None or not isinstance(last.get("through"), str) or not isinstance(last.get("more"), bool):
        raise FeedError("the answer broke off")
    return Page(lines, last["through"], last["more"])


def _parsed(raw: bytes) -> t.Optional[Line]:
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None

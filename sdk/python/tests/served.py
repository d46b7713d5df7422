"""
A service that the tests fetch from. `recorded-1.ndjson` and `recorded-2.ndjson` are answers of a running one: all that stands, and
then what changed after a dispute and a withdrawal.
"""

import http.server
import json
import logging
import threading
import typing as t
import unittest
import urllib.parse

import context
from signal_types import PdqSignal, VideoMD5Signal

from tx_clepsydra.exchange import ClepsydraCheckpoint, ClepsydraCredentials, ClepsydraSignalExchangeAPI

TYPES = [PdqSignal, VideoMD5Signal]
RECORDED = [(context.HERE / f"recorded-{n}.ndjson").read_text() for n in (1, 2)]
CURSORS = [json.loads(text.strip().split("\n")[-1])["through"] for text in RECORDED]
LINES = [json.loads(line) for text in RECORDED for line in text.strip().split("\n")[:-1]]
DISPUTED, WITHDRAWN = LINES[-2]["signalId"], LINES[-1]["signalId"]
HARBOUR = LINES[-2]["opinions"][0]["organisationId"]

Answer = t.Tuple[int, t.Dict[str, str], bytes]


class Service:
    """Answers like the service it was recorded from, or as a test wants it to."""

    def __init__(self) -> None:
        self.asked: t.List[t.Dict[str, str]] = []
        self.headers: t.List[t.Dict[str, str]] = []
        self.answer: t.Callable[[t.Dict[str, str]], Answer] = self.recorded
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urllib.parse.urlsplit(self.path)
                query = {name: values[0] for name, values in urllib.parse.parse_qs(url.query).items()}
                service.asked.append({"path": url.path, **query})
                service.headers.append({name.lower(): value for name, value in self.headers.items()})
                status, headers, body = service.answer(query)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: t.Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.01), daemon=True)
        self._thread.start()

    @staticmethod
    def recorded(query: t.Dict[str, str]) -> Answer:
        cursor = query.get("cursor")
        texts = {None: RECORDED[0], CURSORS[0]: RECORDED[1]}
        end = json.dumps({"through": CURSORS[1], "more": False})
        return 200, {"Content-Type": "application/x-ndjson"}, texts.get(cursor, f"{end}\n").encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def feed_of(*lines: t.Any, through: str = "c", more: bool = False) -> bytes:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return "\n".join([*texts, json.dumps({"through": through, "more": more}), ""]).encode()


class ServedCase(unittest.TestCase):
    """With a service that answers."""

    def setUp(self) -> None:
        self.service = Service()
        self.addCleanup(self.service.close)
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)

    def api(self, **collab: t.Any) -> ClepsydraSignalExchangeAPI:
        config = ClepsydraSignalExchangeAPI.get_config_cls()(name="ours", base_url=self.service.url, **collab)
        api = ClepsydraSignalExchangeAPI.for_collab(config, ClepsydraCredentials("clx_token"))
        api._client._sleep = lambda seconds: None
        return api

    def fetch(self, kept: t.Dict[str, t.Any], checkpoint: t.Optional[ClepsydraCheckpoint]) -> ClepsydraCheckpoint:
        for delta in self.api().fetch_iter(TYPES, checkpoint):
            ClepsydraSignalExchangeAPI.naive_fetch_merge(kept, delta.updates)
            checkpoint = delta.checkpoint
        assert checkpoint is not None
        return checkpoint

    def convert(self, kept: t.Mapping[str, t.Any], **collab: t.Any) -> t.Dict[str, t.Any]:
        config = ClepsydraSignalExchangeAPI.get_config_cls()(name="ours", base_url=self.service.url, **collab)
        converted = ClepsydraSignalExchangeAPI.naive_convert_to_signal_type(TYPES, config, kept)
        return {value: metadata for hashes in converted.values() for value, metadata in hashes.items()}

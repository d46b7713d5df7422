"""
python3 -m unittest discover --start-directory sdk/python/tests

Against the stubs, with a stock Python; with TX_REAL=1 against threatexchange itself. `recorded-1.ndjson` and `recorded-2.ndjson`
are answers of a running service: all that stands, and then what changed after a dispute and a withdrawal.
"""

import gzip
import http.server
import io
import json
import logging
import os
import pickle
import threading
import typing as t
import unittest
import urllib.parse
from dataclasses import fields, is_dataclass

import context
from signal_types import PdqSignal, VideoMD5Signal
from threatexchange.exchanges import auth
from threatexchange.exchanges.fetch_state import SignalOpinionCategory

from tx_clepsydra import TX_MANIFEST
from tx_clepsydra.exchange import ClepsydraCheckpoint, ClepsydraCredentials, ClepsydraSignalExchangeAPI
from tx_clepsydra.feed import FeedClient, FeedError, read_page
from tx_clepsydra.records import read_line

TYPES = [PdqSignal, VideoMD5Signal]
RECORDED = [(context.HERE / f"recorded-{n}.ndjson").read_text() for n in (1, 2)]
CURSORS = [json.loads(text.strip().split("\n")[-1])["through"] for text in RECORDED]
LINES = [json.loads(line) for text in RECORDED for line in text.strip().split("\n")[:-1]]
DISPUTED, WITHDRAWN = LINES[-2]["signalId"], LINES[-1]["signalId"]
UNIT, HARBOUR = LINES[0]["standing"][0], LINES[-2]["opinions"][0]["organisationId"]

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


class ExtensionTest(unittest.TestCase):
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

    def test_is_found_by_its_manifest(self) -> None:
        self.assertEqual(TX_MANIFEST.apis, (ClepsydraSignalExchangeAPI,))
        self.assertEqual(ClepsydraSignalExchangeAPI.get_name(), "clepsydra")

    def test_is_configured_by_dataclasses_with_a_help_for_each_field(self) -> None:
        for cls in (ClepsydraSignalExchangeAPI.get_config_cls(), ClepsydraSignalExchangeAPI.get_credential_cls()):
            self.assertTrue(is_dataclass(cls))
            own = [each for each in fields(cls) if each.name not in ("name", "api", "enabled")]
            for each in own:
                # argparse of the command line makes an option of each, by its type.
                self.assertIs(each.type, str)
                self.assertIn("help", each.metadata)

    def test_fetches_what_stands_with_its_types(self) -> None:
        kept: t.Dict[str, t.Any] = {}
        checkpoint = self.fetch(kept, None)
        self.assertEqual(checkpoint.cursor, CURSORS[0])
        self.assertEqual(self.service.headers[0]["authorization"], "Bearer clx_token")
        self.assertEqual(self.service.asked[0]["path"], "/exchange/feed")
        # Five PDQ and an MD5; the SHA-256 has no signal type there.
        self.assertEqual(len(kept), 6)
        converted = ClepsydraSignalExchangeAPI.naive_convert_to_signal_type(
            TYPES, ClepsydraSignalExchangeAPI.get_config_cls()(name="x", base_url="https://x.example"), kept
        )
        self.assertEqual({each.get_name(): len(hashes) for each, hashes in converted.items()}, {"pdq": 5, "video_md5": 1})

    def test_goes_on_at_its_checkpoint_with_disputes_and_withdrawals(self) -> None:
        kept: t.Dict[str, t.Any] = {}
        first = self.fetch(kept, None)
        self.assertIn(WITHDRAWN, kept)
        second = self.fetch(kept, first)
        self.assertEqual(self.service.asked[1]["cursor"], CURSORS[0])
        self.assertNotIn(WITHDRAWN, kept)
        self.assertEqual(kept[DISPUTED].state, "disputed")
        self.assertGreaterEqual(second.get_progress_timestamp(), first.get_progress_timestamp())
        third = self.fetch(kept, second)
        self.assertEqual((third.cursor, third.progress), (second.cursor, second.progress))
        self.assertFalse(third.is_stale())

    def test_turns_opinions_into_those_of_threatexchange(self) -> None:
        kept: t.Dict[str, t.Any] = {}
        self.fetch(kept, self.fetch(kept, None))
        converted = self.convert(kept, organisation=HARBOUR)
        categories = {value: meta.get_as_aggregate_opinion().category.name for value, meta in converted.items()}
        by_state = {line["state"]: categories[line["value"]] for line in LINES[3:5]}
        self.assertEqual(by_state, {"active": "POSITIVE_CLASS", "provisional": "INVESTIGATION_SEED"})
        disputed = converted[kept[DISPUTED].value]
        self.assertEqual(disputed.get_as_aggregate_opinion().category.name, "DISPUTED")
        self.assertEqual(str(disputed), "DISPUTED dispute:journalistic")
        stated = [(each.is_mine, each.category, sorted(each.tags)) for each in disputed.get_as_opinions()]
        self.assertEqual(
            stated,
            [
                (False, SignalOpinionCategory.POSITIVE_CLASS, []),
                (True, SignalOpinionCategory.NEGATIVE_CLASS, ["dispute:journalistic"]),
            ],
        )
        labelled = converted[LINES[0]["value"]]
        self.assertEqual(
            sorted(labelled.get_as_aggregate_opinion().tags),
            [
                "behaviour:recruitment",
                "category:incitement",
                "content-type:manifesto",
                "ideology:jihadist",
                "incident:eccp-2026-harbour",
                "severity:high",
            ],
        )

    def test_says_that_it_is_disputed_when_the_service_itself_disputes_it(self) -> None:
        line = {**LINES[0], "state": "disputed", "opinions": []}
        _, record = read_line(line) or ("", None)
        metadata = self.convert({"x": record})[LINES[0]["value"]]
        self.assertEqual(metadata.get_as_aggregate_opinion().category.name, "DISPUTED")

    def test_drops_an_erased_hash_whose_value_is_destroyed(self) -> None:
        kept: t.Dict[str, t.Any] = {}
        checkpoint = self.fetch(kept, None)
        gone = {"seq": 9, "signalId": DISPUTED, "type": "pdq", "value": None, "state": "erased", "at": LINES[-1]["at"]}
        self.service.answer = lambda query: (200, {"Content-Type": "application/x-ndjson"}, feed_of(gone))
        self.fetch(kept, checkpoint)
        self.assertNotIn(DISPUTED, kept)

    def test_reads_pages_to_the_end_and_gives_a_checkpoint_with_each(self) -> None:
        pages = {None: ("a", True), "a": ("b", True), "b": ("c", False)}

        def answer(query: t.Dict[str, str]) -> Answer:
            through, more = pages[query.get("cursor")]
            line = {**LINES[0], "signalId": through}
            return 200, {"Content-Type": "application/x-ndjson"}, feed_of(line, through=through, more=more)

        self.service.answer = answer
        deltas = list(self.api(lists="l1, l2").fetch_iter(TYPES, None))
        self.assertEqual([delta.checkpoint.cursor for delta in deltas], ["a", "b", "c"])
        self.assertEqual([list(delta.updates) for delta in deltas], [["a"], ["b"], ["c"]])
        self.assertEqual({each["lists"] for each in self.service.asked}, {"l1,l2"})

    def test_leaves_out_what_it_cannot_read_and_takes_the_rest(self) -> None:
        bad = ['{"cut', "[]", {"signalId": 7}, {**LINES[0], "value": "short"}, {**LINES[0], "state": "odd"}]
        body = feed_of(*bad, LINES[1])
        self.service.answer = lambda query: (200, {"Content-Type": "application/x-ndjson"}, body)
        (delta,) = self.api().fetch_iter(TYPES, None)
        self.assertEqual(list(delta.updates), [LINES[1]["signalId"]])

    def test_reads_gzip(self) -> None:
        headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
        self.service.answer = lambda query: (200, headers, gzip.compress(feed_of(*LINES[:3])))
        (delta,) = self.api().fetch_iter(TYPES, None)
        self.assertEqual(len(delta.updates), 3)
        self.assertEqual(self.service.headers[0]["accept-encoding"], "gzip")

    def test_keeps_nothing_of_an_answer_that_broke_off(self) -> None:
        whole = feed_of(*LINES[:3])
        for body in (b"", whole[: len(whole) // 2], "\n".join(json.dumps(line) for line in LINES).encode()):
            with self.assertRaisesRegex(FeedError, "broke off"):
                read_page(io.BytesIO(body))
        headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
        self.service.answer = lambda query: (200, headers, gzip.compress(whole)[:-20])
        with self.assertRaises(FeedError):
            list(self.api().fetch_iter(TYPES, None))

    def test_says_what_to_do_about_a_refusal_and_names_no_secret(self) -> None:
        for status, cursor, words in ((401, None, "token"), (400, "c", "fetch --clear"), (404, None, "no feed"), (418, None, "418")):
            self.service.answer = lambda query, status=status: (status, {}, b"no")
            checkpoint = ClepsydraCheckpoint(cursor) if cursor else None
            with self.assertRaisesRegex(FeedError, words) as raised:
                list(self.api().fetch_iter(TYPES, checkpoint))
            self.assertNotIn("clx_token", str(raised.exception))

    def test_tries_again_where_that_helps_and_not_for_ever(self) -> None:
        answers = [(503, {}, b""), (429, {}, b""), self.service.recorded({})]
        self.service.answer = lambda query: answers.pop(0)
        self.assertEqual(len(list(self.api().fetch_iter(TYPES, None))), 1)
        self.service.answer = lambda query: (500, {}, b"")
        before = len(self.service.asked)
        with self.assertRaisesRegex(FeedError, "500"):
            list(self.api().fetch_iter(TYPES, None))
        self.assertEqual(len(self.service.asked) - before, 3)

    def test_never_takes_its_token_to_another_place(self) -> None:
        other = Service()
        self.addCleanup(other.close)
        self.service.answer = lambda query: (302, {"Location": other.url}, b"")
        with self.assertRaises(FeedError):
            list(self.api().fetch_iter(TYPES, None))
        self.assertEqual(other.asked, [])
        with self.assertRaisesRegex(FeedError, "https"):
            FeedClient("http://clepsydra.example", "clx_token")

    def test_takes_a_login_page_for_what_it_is(self) -> None:
        self.service.answer = lambda query: (200, {"Content-Type": "text/html"}, b"<h1>Please log in</h1>")
        with self.assertRaisesRegex(FeedError, "not a feed"):
            list(self.api().fetch_iter(TYPES, None))

    def test_leaves_a_feed_that_repeats_itself_for_ever(self) -> None:
        self.service.answer = lambda query: (200, {"Content-Type": "application/x-ndjson"}, feed_of(through="c", more=True))
        with self.assertRaisesRegex(FeedError, "has been"):
            list(self.api().fetch_iter(TYPES, None))
        self.assertEqual(len(self.service.asked), 2)

    def test_never_lets_the_time_of_its_checkpoint_go_down(self) -> None:
        lines = [{**LINES[0], "at": at} for at in ("2026-03-02T09:00:09Z", "2026-03-02T09:00:01Z", "nonsense", None)]
        self.service.answer = lambda query: (200, {"Content-Type": "application/x-ndjson"}, feed_of(*lines))
        (delta,) = self.api().fetch_iter(TYPES, ClepsydraCheckpoint("c", 5))
        self.assertEqual(delta.checkpoint.get_progress_timestamp(), 1772442009)
        (later,) = self.api().fetch_iter(TYPES, ClepsydraCheckpoint("c", 1772442010))
        self.assertEqual(later.checkpoint.get_progress_timestamp(), 1772442010)

    def test_what_it_keeps_can_be_pickled_as_both_clients_do(self) -> None:
        kept: t.Dict[str, t.Any] = {}
        checkpoint = self.fetch(kept, None)
        self.assertEqual(pickle.loads(pickle.dumps((kept, checkpoint))), (kept, checkpoint))

    def test_finds_its_token_in_the_environment(self) -> None:
        before = os.environ.pop("TX_CLEPSYDRA_TOKEN", None)
        try:
            config = ClepsydraSignalExchangeAPI.get_config_cls()(name="ours", base_url=self.service.url)
            with self.assertRaises(auth.SignalExchangeAPIMissingAuthException):
                ClepsydraSignalExchangeAPI.for_collab(config)
            os.environ["TX_CLEPSYDRA_TOKEN"] = "clx_from_environment"
            list(ClepsydraSignalExchangeAPI.for_collab(config).fetch_iter(TYPES, None))
            self.assertEqual(self.service.headers[-1]["authorization"], "Bearer clx_from_environment")
            os.environ["TX_CLEPSYDRA_TOKEN"] = "two words"
            with self.assertRaises(auth.SignalExchangeAPIInvalidAuthException):
                ClepsydraSignalExchangeAPI.for_collab(config)
        finally:
            os.environ.pop("TX_CLEPSYDRA_TOKEN", None)
            if before is not None:
                os.environ["TX_CLEPSYDRA_TOKEN"] = before


if __name__ == "__main__":
    unittest.main()

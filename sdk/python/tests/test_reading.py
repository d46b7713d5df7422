"""How the feed is read: pages, what is broken, refused, or somewhere else."""

import gzip
import io
import json
import typing as t

import context  # noqa: F401
from served import LINES, TYPES, Answer, ServedCase, Service, feed_of

from tx_clepsydra.exchange import ClepsydraCheckpoint
from tx_clepsydra.feed import FeedClient, FeedError, read_page


class ReadingTest(ServedCase):
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

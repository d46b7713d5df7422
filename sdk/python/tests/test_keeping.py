"""What is kept of what the feed says, as tx and HMA keep it."""

import os
import pickle
import typing as t
from dataclasses import fields, is_dataclass

import context  # noqa: F401
from served import CURSORS, DISPUTED, HARBOUR, LINES, TYPES, WITHDRAWN, ServedCase, feed_of
from threatexchange.exchanges import auth
from threatexchange.exchanges.fetch_state import SignalOpinionCategory

from tx_clepsydra import TX_MANIFEST
from tx_clepsydra.exchange import ClepsydraSignalExchangeAPI
from tx_clepsydra.records import read_line


class KeepingTest(ServedCase):
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

    def test_leaves_out_of_the_index_what_is_in_a_state_that_is_not_wanted(self) -> None:
        kept: t.Dict[str, t.Any] = {}
        self.fetch(kept, self.fetch(kept, None))
        disputed = kept[DISPUTED].value
        self.assertIn(disputed, self.convert(kept, states="active, disputed"))
        wanted = self.convert(kept, states="active")
        self.assertNotIn(disputed, wanted)
        self.assertEqual({each.record.state for each in wanted.values()}, {"active"})
        # When the dispute is over, the next line of the feed brings it back.
        kept[DISPUTED].state = "active"
        self.assertIn(disputed, self.convert(kept, states="active"))
        with self.assertRaises(ValueError):
            self.convert(kept, states="actve")

    def test_drops_an_erased_hash_whose_value_is_destroyed(self) -> None:
        kept: t.Dict[str, t.Any] = {}
        checkpoint = self.fetch(kept, None)
        gone = {"seq": 9, "signalId": DISPUTED, "type": "pdq", "value": None, "state": "erased", "at": LINES[-1]["at"]}
        self.service.answer = lambda query: (200, {"Content-Type": "application/x-ndjson"}, feed_of(gone))
        self.fetch(kept, checkpoint)
        self.assertNotIn(DISPUTED, kept)

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

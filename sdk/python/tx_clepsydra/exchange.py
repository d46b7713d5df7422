"""The feed of a Clepsydra service as a SignalExchangeAPI of threatexchange."""

import calendar
import logging
import time
import typing as t
from dataclasses import dataclass, field

from threatexchange.exchanges import auth
from threatexchange.exchanges import fetch_state as state
from threatexchange.exchanges.collab_config import CollaborationConfigWithDefaults
from threatexchange.exchanges.signal_exchange_api import SignalExchangeAPI
from threatexchange.signal_type.signal_base import SignalType

from tx_clepsydra.feed import FeedClient
from tx_clepsydra.records import STANDING, Opinion, Record, read_line

POSITIVE = state.SignalOpinionCategory.POSITIVE_CLASS
NEGATIVE = state.SignalOpinionCategory.NEGATIVE_CLASS
SEED = state.SignalOpinionCategory.INVESTIGATION_SEED


@dataclass
class ClepsydraCheckpoint(state.FetchCheckpointBase):
    # Does not expire; good for one token and one choice of lists.
    cursor: str
    # The latest change seen, in seconds since 1970. Never goes down: the first lines of a feed are in no order of time.
    progress: int = 0

    def get_progress_timestamp(self) -> t.Optional[int]:
        return self.progress or None


@dataclass
class ClepsydraSignalMetadata(state.FetchedSignalMetadata):
    record: Record
    # One's own organisation there, whose opinions are "mine".
    own: str = ""

    def get_as_opinions(self) -> t.Sequence[state.SignalOpinion]:
        record = self.record
        tags = set(record.labels)
        # Nobody has looked at it yet: it may lead to something, and is nothing to act upon by itself.
        behind = SEED if record.state == "provisional" else POSITIVE
        opinions = [self._opinion(each, behind, tags) for each in record.standing]
        opinions += [self._stated(each) for each in record.opinions]
        if record.state == "disputed" and not any(each.opinion == "dispute" for each in record.opinions):
            # The service's own: a legal basis fell, matches were reported false, or its source disputes it.
            opinions.append(self._opinion("", NEGATIVE, {"dispute"}))
        return opinions or [self._opinion("", SEED, tags)]

    def _stated(self, stated: Opinion) -> state.SignalOpinion:
        if stated.opinion == "confirm":
            return self._opinion(stated.organisation_id, POSITIVE, {"confirm"})
        return self._opinion(stated.organisation_id, NEGATIVE, {f"dispute:{stated.reason}" if stated.reason else "dispute"})

    def _opinion(
        self, organisation: str, category: state.SignalOpinionCategory, tags: t.Set[str]
    ) -> state.SignalOpinion:
        return state.SignalOpinion(bool(self.own) and organisation == self.own, category, set(tags))

    def __str__(self) -> str:
        aggregate = self.get_as_aggregate_opinion()
        return " ".join([aggregate.category.name, ",".join(sorted(aggregate.tags))]).strip()


@dataclass
class ClepsydraCredentials(auth.CredentialHelper):
    ENV_VARIABLE: t.ClassVar[str] = "TX_CLEPSYDRA_TOKEN"
    FILE_NAME: t.ClassVar[str] = "~/.tx_clepsydra_token"

    token: str = field(
        metadata={"help": "Token of an exchange credential for the protocol feed, as the service showed it once."}
    )

    @classmethod
    def _from_str(cls, s: str) -> "ClepsydraCredentials":
        return cls(s.strip())

    def _are_valid(self) -> bool:
        return bool(self.token) and self.token.isprintable() and " " not in self.token


@dataclass
class _ClepsydraCollabConfigRequiredFields:
    base_url: str = field(metadata={"help": "address of the service, as in https://clepsydra.example"})


@dataclass
class ClepsydraCollabConfig(CollaborationConfigWithDefaults, _ClepsydraCollabConfigRequiredFields):
    lists: str = field(
        default="",
        metadata={"help": "ids of lists, separated by commas; all that the token was made for unless told"},
    )
    organisation: str = field(
        default="",
        metadata={"help": "id of your own organisation there, whose opinions are yours"},
    )
    states: str = field(
        default="",
        metadata={"help": "states that are matched, separated by commas: provisional,active,disputed; all unless told"},
    )

    def __post_init__(self) -> None:
        # A word that is no state would match nothing, and nobody would notice.
        if not self.matched_states.issubset(STANDING):
            raise ValueError(f"states: not of {', '.join(STANDING)}: {self.states}")

    @property
    def matched_states(self) -> t.Set[str]:
        return {each.strip() for each in self.states.split(",") if each.strip()} or set(STANDING)


class ClepsydraSignalExchangeAPI(
    auth.SignalExchangeWithAuth[ClepsydraCollabConfig, ClepsydraCredentials],
    SignalExchangeAPI[
        ClepsydraCollabConfig,
        ClepsydraCheckpoint,
        ClepsydraSignalMetadata,
        str,
        Record,
    ],
):
    """
    Keeps each hash under its id at the service: a withdrawal is told by the id, also when the value is destroyed already.
    """

    def __init__(self, client: FeedClient) -> None:
        super().__init__()
        self._client = client

    @classmethod
    def get_name(cls) -> str:
        return "clepsydra"

    @staticmethod
    def get_config_cls() -> t.Type[ClepsydraCollabConfig]:
        return ClepsydraCollabConfig

    @staticmethod
    def get_checkpoint_cls() -> t.Type[ClepsydraCheckpoint]:
        return ClepsydraCheckpoint

    @staticmethod
    def get_record_cls() -> t.Type[ClepsydraSignalMetadata]:
        return ClepsydraSignalMetadata

    @staticmethod
    def get_credential_cls() -> t.Type[ClepsydraCredentials]:
        return ClepsydraCredentials

    @classmethod
    def for_collab(
        cls,
        collab: ClepsydraCollabConfig,
        credentials: t.Optional[ClepsydraCredentials] = None,
    ) -> "ClepsydraSignalExchangeAPI":
        credentials = credentials or ClepsydraCredentials.get(cls)
        lists = [each.strip() for each in collab.lists.split(",") if each.strip()]
        return cls(FeedClient(collab.base_url, credentials.token, lists))

    def fetch_iter(
        self,
        supported_signal_types: t.Sequence[t.Type[SignalType]],
        checkpoint: t.Optional[ClepsydraCheckpoint],
    ) -> t.Iterator[state.FetchDelta[str, Record, ClepsydraCheckpoint]]:
        supported = {each.get_name() for each in supported_signal_types}
        cursor = checkpoint.cursor if checkpoint else None
        progress = checkpoint.progress if checkpoint else 0
        for page in self._client.pages(cursor):
            updates: t.Dict[str, t.Optional[Record]] = {}
            for line in page.lines:
                said = read_line(line)
                if said is None:
                    logging.warning("clepsydra: a line of the feed has no known form and is left out")
                    continue
                signal_id, record = said
                # A type that nothing here can match is not kept; if it was, under a type that was taken out, it goes.
                updates[signal_id] = record if record and record.signal_type_name in supported else None
                progress = max(progress, _seconds(line.get("at")))
            yield state.FetchDelta(updates, ClepsydraCheckpoint(page.through, progress))

    @classmethod
    def naive_convert_to_signal_type(
        cls,
        signal_types: t.Sequence[t.Type[SignalType]],
        collab: ClepsydraCollabConfig,
        fetched: t.Mapping[str, t.Optional[Record]],
    ) -> t.Dict[t.Type[SignalType], t.Dict[str, ClepsydraSignalMetadata]]:
        by_name = {each.get_name(): each for each in signal_types}
        converted: t.Dict[t.Type[SignalType], t.Dict[str, ClepsydraSignalMetadata]] = {}
        for record in fetched.values():
            signal_type = by_name.get(record.signal_type_name) if record else None
            # HMA keeps no opinion that its matching would ask: a hash in a state that is not wanted must not be in its index.
            if record is None or signal_type is None or record.state not in collab.matched_states:
                continue
            converted.setdefault(signal_type, {})[record.value] = ClepsydraSignalMetadata(record, collab.organisation)
        return converted


def _seconds(at: t.Any) -> int:
    """Of an RFC 3339 instant in UTC; 0 for none."""
    try:
        return calendar.timegm(time.strptime(str(at)[:19], "%Y-%m-%dT%H:%M:%S"))
    except ValueError:
        return 0

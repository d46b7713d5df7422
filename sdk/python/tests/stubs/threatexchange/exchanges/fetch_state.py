"""Stub: see stubs/README.md."""

import enum
import typing as t
from dataclasses import dataclass

TCheckpoint = t.TypeVar("TCheckpoint")
TKey = t.TypeVar("TKey")
TValue = t.TypeVar("TValue")


@dataclass
class FetchCheckpointBase:
    def is_stale(self) -> bool:
        return False

    def get_progress_timestamp(self) -> t.Optional[int]:
        return None


@dataclass
class FetchDelta(t.Generic[TKey, TValue, TCheckpoint]):
    updates: t.Dict[TKey, t.Optional[TValue]]
    checkpoint: TCheckpoint


class SignalOpinionCategory(enum.IntEnum):
    NEGATIVE_CLASS = 0
    INVESTIGATION_SEED = 1
    POSITIVE_CLASS = 2


class AggregateSignalOpinionCategory(enum.IntEnum):
    NEGATIVE_CLASS = 0
    INVESTIGATION_SEED = 1
    POSITIVE_CLASS = 2
    DISPUTED = 3


@dataclass
class SignalOpinion:
    is_mine: bool
    category: SignalOpinionCategory
    tags: t.Set[str]


@dataclass
class AggregateSignalOpinion:
    category: AggregateSignalOpinionCategory
    tags: t.Set[str]


@dataclass
class FetchedSignalMetadata:
    def get_as_opinions(self) -> t.Sequence[SignalOpinion]:
        raise NotImplementedError

    def get_as_aggregate_opinion(self) -> AggregateSignalOpinion:
        """The strongest, unless some are for and some against."""
        opinions = self.get_as_opinions()
        found = {each.category for each in opinions}
        strongest = AggregateSignalOpinionCategory(max(found))
        is_split = SignalOpinionCategory.NEGATIVE_CLASS in found and len(found) > 1
        category = AggregateSignalOpinionCategory.DISPUTED if is_split else strongest
        return AggregateSignalOpinion(category, {tag for each in opinions for tag in each.tags})

"""What a line of the feed says of one hash, in a form that threatexchange can keep."""

import typing as t
from dataclasses import dataclass, field

# Names of signal types in threatexchange. A vPDQ here is a digest over frames, which no index there can match.
SIGNAL_TYPE_NAMES: t.Dict[str, str] = {"pdq": "pdq", "md5": "video_md5"}
HEX_LENGTH: t.Dict[str, int] = {"pdq": 64, "md5": 32, "blockhash": 64, "sha256": 64, "sha512": 128, "text_sha256": 64}
GONE = ("withdrawn", "erased")
STANDING = ("provisional", "active", "disputed")


@dataclass
class Opinion:
    organisation_id: str
    organisation_name: str
    # confirm | dispute
    opinion: str
    # Of a dispute.
    reason: str = ""


@dataclass
class Record:
    signal_id: str
    type: str
    value: str
    # provisional | active | disputed
    state: str
    # Organisations that stand behind it.
    standing: t.List[str] = field(default_factory=list)
    opinions: t.List[Opinion] = field(default_factory=list)
    # `category:incitement`, `severity:high` …
    labels: t.List[str] = field(default_factory=list)
    # A person looked at the item behind it.
    reviewed: bool = False
    lists: t.List[str] = field(default_factory=list)

    @property
    def signal_type_name(self) -> str:
        return SIGNAL_TYPE_NAMES.get(self.type, self.type)


def read_line(line: t.Mapping[str, t.Any]) -> t.Optional[t.Tuple[str, t.Optional[Record]]]:
    """The id with what stands now, or with None for what is to be dropped. None alone for a line of no known form."""
    signal_id, state = line.get("signalId"), line.get("state")
    if not isinstance(signal_id, str) or not signal_id:
        return None
    if state in GONE:
        # The value is null once it was destroyed: what is dropped is what was kept under the id.
        return signal_id, None
    kind, value = line.get("type"), line.get("value")
    if state not in STANDING or not isinstance(kind, str) or not _is_hash(kind, value):
        return None
    return signal_id, Record(
        signal_id=signal_id,
        type=kind,
        value=str(value),
        state=str(state),
        standing=_texts(line.get("standing")),
        opinions=_opinions(line.get("opinions")),
        labels=_labels(line),
        reviewed=line.get("reviewed") is True,
        lists=_texts(line.get("lists")),
    )


def _is_hash(kind: str, value: t.Any) -> bool:
    if not isinstance(value, str) or not value:
        return False
    length = HEX_LENGTH.get(kind)
    return (length is None or len(value) == length) and all(digit in "0123456789abcdef" for digit in value)


def _texts(value: t.Any) -> t.List[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _opinions(value: t.Any) -> t.List[Opinion]:
    given = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    return [
        Opinion(
            organisation_id=str(each.get("organisationId") or ""),
            organisation_name=str(each.get("organisationName") or ""),
            opinion=str(each["opinion"]),
            reason=str(each.get("reason") or ""),
        )
        for each in given
        if each.get("opinion") in ("confirm", "dispute")
    ]


_FACETS = (
    ("category", "category"),
    ("ideology", "ideology"),
    ("contentType", "content-type"),
    ("entityClass", "entity-class"),
)


def _labels(line: t.Mapping[str, t.Any]) -> t.List[str]:
    labels = line.get("labels")
    said: t.List[str] = []
    if isinstance(labels, dict):
        said += [f"{name}:{labels[facet]}" for facet, name in _FACETS if isinstance(labels.get(facet), str)]
        said += [f"behaviour:{each}" for each in _texts(labels.get("behaviours"))]
    said += [f"{name}:{line[name]}" for name in ("severity", "incident") if isinstance(line.get(name), str)]
    return said

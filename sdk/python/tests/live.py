"""
Fetches from a running service, as tx and HMA do, and prints what they would keep. Usage, with TX_CLEPSYDRA_TOKEN set:

    python3 live.py https://clepsydra.example [state.pickle]

With a second argument the state is kept there between runs, pickled as the tx command line does.
"""

import json
import pathlib
import pickle
import sys
import typing as t

import context  # noqa: F401
from signal_types import PdqSignal, VideoMD5Signal

from tx_clepsydra import TX_MANIFEST


def main(base_url: str, state_file: t.Optional[str]) -> None:
    (api_cls,) = TX_MANIFEST.apis
    collab = api_cls.get_config_cls()(name="live", base_url=base_url)
    api = api_cls.for_collab(collab)
    kept: t.Dict[str, t.Any] = {}
    checkpoint = None
    path = pathlib.Path(state_file) if state_file else None
    if path and path.exists():
        kept, checkpoint = pickle.loads(path.read_bytes())
    for delta in api.fetch_iter([PdqSignal, VideoMD5Signal], checkpoint):
        api_cls.naive_fetch_merge(kept, delta.updates)
        checkpoint = delta.checkpoint
    if path:
        path.write_bytes(pickle.dumps((kept, checkpoint)))
    converted = api_cls.naive_convert_to_signal_type([PdqSignal, VideoMD5Signal], collab, kept)
    said = {
        f"{signal_type.get_name()}:{value}": [
            metadata.get_as_aggregate_opinion().category.name,
            sorted(metadata.get_as_aggregate_opinion().tags),
        ]
        for signal_type, hashes in converted.items()
        for value, metadata in hashes.items()
    }
    print(json.dumps({"hashes": said, "progress": checkpoint.get_progress_timestamp()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)

"""The two signal types of threatexchange that the feed's hashes are of: its own where it is, stand-ins where it is not."""

import context

if context.IS_REAL:
    from threatexchange.signal_type.md5 import VideoMD5Signal
    from threatexchange.signal_type.pdq.signal import PdqSignal
else:
    from threatexchange.signal_type.signal_base import SignalType

    class PdqSignal(SignalType):  # type: ignore[no-redef]
        @classmethod
        def get_name(cls) -> str:
            return "pdq"

    class VideoMD5Signal(SignalType):  # type: ignore[no-redef]
        @classmethod
        def get_name(cls) -> str:
            return "video_md5"


__all__ = ["PdqSignal", "VideoMD5Signal"]

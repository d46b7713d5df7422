"""Stub: see stubs/README.md."""

import typing as t


class SignalType:
    @classmethod
    def get_name(cls) -> str:
        raise NotImplementedError

    @classmethod
    def validate_signal_str(cls, signal_str: str) -> str:
        return signal_str


AnySignalType = t.Type[SignalType]

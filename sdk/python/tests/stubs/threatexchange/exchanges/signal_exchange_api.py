"""Stub: see stubs/README.md."""

import typing as t

A = t.TypeVar("A")
B = t.TypeVar("B")
C = t.TypeVar("C")
D = t.TypeVar("D")
E = t.TypeVar("E")


class SignalExchangeAPI(t.Generic[A, B, C, D, E]):
    @classmethod
    def naive_fetch_merge(cls, old: t.Dict[t.Any, t.Any], new: t.Mapping[t.Any, t.Any]) -> None:
        for key, value in new.items():
            if value is None:
                old.pop(key, None)
            else:
                old[key] = value

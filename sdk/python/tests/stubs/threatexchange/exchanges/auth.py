"""Stub: see stubs/README.md."""

import os
import typing as t

TCollabConfig = t.TypeVar("TCollabConfig")
TCredentials = t.TypeVar("TCredentials")


class SignalExchangeAPIMissingAuthException(Exception):
    pass


class SignalExchangeAPIInvalidAuthException(Exception):
    pass


class CredentialHelper:
    ENV_VARIABLE: t.ClassVar[str] = ""
    FILE_NAME: t.ClassVar[str] = ""

    @classmethod
    def get(cls, for_cls: t.Any) -> t.Any:
        given = os.environ.get(cls.ENV_VARIABLE)
        if not given:
            raise SignalExchangeAPIMissingAuthException(for_cls)
        credentials = cls._from_str(given)
        if not credentials._are_valid():
            raise SignalExchangeAPIInvalidAuthException(for_cls)
        return credentials

    @classmethod
    def _from_str(cls, s: str) -> t.Any:
        raise NotImplementedError

    def _are_valid(self) -> bool:
        return True


class SignalExchangeWithAuth(t.Generic[TCollabConfig, TCredentials]):
    pass

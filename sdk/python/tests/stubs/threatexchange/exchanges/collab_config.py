"""Stub: see stubs/README.md."""

from dataclasses import dataclass


@dataclass
class CollaborationConfigBase:
    name: str
    api: str
    enabled: bool


@dataclass
class CollaborationConfigWithDefaults(CollaborationConfigBase):
    api: str = ""
    enabled: bool = True

"""Stub: see stubs/README.md."""

import typing as t
from dataclasses import dataclass


@dataclass
class ThreatExchangeExtensionManifest:
    signal_types: t.Tuple[t.Any, ...] = ()
    content_types: t.Tuple[t.Any, ...] = ()
    apis: t.Tuple[t.Any, ...] = ()

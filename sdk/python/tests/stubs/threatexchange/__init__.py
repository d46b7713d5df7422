"""Stub: see stubs/README.md."""

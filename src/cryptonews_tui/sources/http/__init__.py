"""The one HTTP client of all sources.

`client` fetches: over a `line`, when it is this visit's turn (`hosts`), again where that helps (`faults`), only what
has changed (`freshness`), unpacked within bounds (`decoding`), let in by `secrets`, never led astray (`addresses`).
"""

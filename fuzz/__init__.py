"""Inputs that nobody would write, tried in great numbers: `python -m fuzz`, or only some of it: `python -m fuzz query`.

A target takes bytes and checks what must hold for any; see `fuzz/targets/`. What was found is kept in `tests/corpus/`,
where `make test` tries it again.
"""

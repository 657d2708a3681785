"""`python -m cnngen.cli` is the `cnngen` command."""

from __future__ import annotations

from cnngen.cli.main import main

main()

"""Training networks by the hundred, on one machine, for days, and losing nothing.

`specification.py` says what is to be done, and is frozen when a benchmark is made (`making.py`, with the images that
`fidelity.py` cuts). `ledger.py` remembers what became of each trial, in SQLite, and `trials.py` says what a trial is.
`runner.py` takes one after the other to an engine (`engine.py`: who trains; `local.py`: on this machine), and
`recovery.py` finds out what became of a trial whose runner died. `rows.py` makes a row of a record, `status.py` tells
how far it is. What others get is made by `cnngen.search.publishing`.
"""

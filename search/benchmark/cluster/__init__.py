"""Training on many machines: Ray starts a process on each and carries messages; all that is decided is decided here.

The runner stays the one writer of the ledger. Each machine has a small benchmark folder of its own, in which the engine
of this machine trains one trial at a time; what came of it is sent back as files.
"""

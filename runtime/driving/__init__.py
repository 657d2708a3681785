"""Driving the worker of one run from outside, through the run's folder.

A program and its `options` become a plan and a folder (`preparation`), on which `job` starts a worker in the Python
that has Keras (`interpreter`); the worker waits for its `turn`. Its events are read by `following`, `living` says
whether it lives, `stopping` stops it. When it has died, `closing` writes the end of its record, with what the window
that was open had taken (`unfinished`). Repetitions of one training are a group (`repeats`), which a process of its own
has done (`repeater`); when that has died, `settling` closes the group's record. Their workers, and a benchmark's, are
forked from one that has TensorFlow loaded (`forking`).
"""

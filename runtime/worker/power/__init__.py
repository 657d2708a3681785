"""Where joules come from: counters of the hardware, a model where there are none, and the sampler that reads them.

`source.py` is the interface. `rapl.py`, `nvml.py` and `model.py` implement it; `codecarbon.py` is the meter of record.
`sampler.py` is a process of its own beside the trainer, `observer.py` the trainer's end of the line to it.
"""

"""The training worker: a process of its own that reads a run folder, trains, measures, and writes its findings there.

It imports Keras, TensorFlow, CodeCarbon and NumPy, and of CNNGen only `cnngen.runtime.record`.
"""

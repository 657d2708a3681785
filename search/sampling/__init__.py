"""Drawing networks from the grammar.

`configuration.py` says what may be drawn and `presets/` what usually is; `chance.py` decides. `drawing.py` walks
through the grammar with `merges.py` and `layers.py`, which draw onto a `sketch.py`: shapes are known at every step, by
the language's own formulas, so that what is drawn fits. `population.py` keeps the networks that hold the conditions,
each once, and has the language analyse them; `folder.py` writes them down.
"""

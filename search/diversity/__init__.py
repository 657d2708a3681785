"""How diverse a population of networks is, beside published spaces.

`figures.py` measures networks, `published.py` reads what `published.json` holds of NAS-Bench-101 and -201 (made by
benchmarks/published_spaces.py), `text.py` tells it in the terminal and `page.py` in a page with charts.
"""

"""A page about a benchmark: the paper's figures and what else shows of its rows.

`told.py` gathers the rows of a benchmark or of an export, `measures.py` works figures out, `pictures.py` and
`comparisons.py` draw them (only these need matplotlib), `nasbench101.py` reads the table of that space, and `page.py`
puts the page together.
"""

"""A benchmark as a set that others can use: tables, networks, a card, checksums, and what reads them again.

`columns.py` says what each table holds; `tables.py` writes them as CSV and Parquet and reads CSV. `export.py` puts a
folder together from a benchmark, with `card.py` for people, `croissant.py` for machines and `artefacts.py` for the
files of each network; `taking.py` has a benchmark go on from one. `noise.py` tells how far repeats of the same training
differ. `loading.py` gives data frames.
"""

"""Predictors: what a network will come to, in accuracy or energy, before it is trained.

`architecture.py` is what every predictor reads, `predictor.py` what every predictor is, `tables/` what they may be
fitted on. Importing the package loads neither numpy nor scikit-learn.
"""

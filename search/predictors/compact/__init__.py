"""A predictor so small that cnngen carries it along and an editor can ask it: plain Python, without any library.

Only `compact.py`, which fits it, needs numpy and scikit-learn, and `shipping.py`, which makes the file of `shipped.py`.
"""

"""The predictor of our own choosing: a Gaussian process and extra trees, weighed by what each has not seen."""

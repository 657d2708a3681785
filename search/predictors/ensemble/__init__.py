"""The predictor of our own choosing: a Gaussian process and boosted trees, weighed by what each has not seen."""

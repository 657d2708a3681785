"""Predictors that are neural networks themselves, in Keras. Each module is imported when its predictor is asked for."""

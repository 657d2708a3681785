"""Published tables of trained networks, their cells as architectures, for predictors to be measured on."""

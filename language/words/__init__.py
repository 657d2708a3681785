"""The words of the language: what each is, which hyper-parameters it has, and the data sets by name."""

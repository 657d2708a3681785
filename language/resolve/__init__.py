"""Syntax tree to graph: hyper-parameters are solved, shapes and costs follow."""

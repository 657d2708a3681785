"""Populations of networks: drawing them from the grammar, training them by the hundred, and what came of it.

This package needs the standard library, `cnngen.language`, `cnngen.codegen` and `cnngen.runtime`. What draws pictures
imports its library when it is asked to.
"""

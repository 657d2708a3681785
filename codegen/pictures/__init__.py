"""Network to pictures: a graph in the DOT language, and Graphviz that draws it."""

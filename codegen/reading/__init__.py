"""A Keras model back to a program: its configuration to layers, and layers to text."""

"""Network to a Keras program, and a Keras model back to a program."""

"""What may be wrong with a program besides its structure and its shapes: the order of words, arguments, habits."""

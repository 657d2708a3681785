"""How a program is laid out: comments kept, lanes visible, the network untouched."""

"""Tables: the rows of a data set through one expression, block by block."""

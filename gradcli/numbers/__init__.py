"""The kinds of number a tensor can hold, each a namespace of the same functions."""

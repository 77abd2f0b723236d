"""The chain rule worked out: each operation with its local derivative, products along, sums at joins."""

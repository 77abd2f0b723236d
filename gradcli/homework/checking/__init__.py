"""Is a claim the derivative: what is read, where the two are compared, and what follows from it."""

"""Program and bindings to results: values, gradients, graphs, notes."""

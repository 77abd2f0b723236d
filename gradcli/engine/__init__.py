"""PyTorch's graph, in small: tensors, the nodes that made them, and the passes back."""

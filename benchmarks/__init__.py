"""What the program costs, measured beside something that does as little as can be: `python -m benchmarks`."""

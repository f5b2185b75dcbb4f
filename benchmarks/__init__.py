"""The same work twice, ours and the textbook's way, measured in one run: `python -m benchmarks.<stem>`."""

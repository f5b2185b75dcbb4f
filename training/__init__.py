"""How every shipped weight was made: `python -m training.<technique>`."""

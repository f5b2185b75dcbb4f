"""The scripts that train every weight file: `python -m training.<technique>`."""

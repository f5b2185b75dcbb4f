"""The models. One module per technique; nothing here knows that a web page exists."""

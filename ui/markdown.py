"""Text of a visitor or of the address, for functions of Streamlit that read Markdown."""

import re


def escaped(text: str) -> str:
    r"""The text as it is, on one line: every ASCII punctuation character with a backslash before it.

    CommonMark, section 2.4. So no link, image, HTML, formula or `:directive:` of the text has an effect.
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))

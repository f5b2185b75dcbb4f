"""Text of a visitor or of the address, for functions of Streamlit that read Markdown."""

import re


def code(text: str) -> str:
    """The text as inline code on one line, in which no link, image, HTML, formula or directive has an effect.

    CommonMark, section 6.1: the fence is longer than every row of backticks in the text. Backslashes would not be
    enough: GitHub's extension makes a link of every web address in other text.
    """
    line = " ".join(text.split())
    fence = "`" * (1 + max((len(row) for row in re.findall("`+", line)), default=0))
    return f"{fence} {line} {fence}" if line else "“”"

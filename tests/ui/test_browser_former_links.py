"""Former paths of pages in a real browser."""

import pytest

from ui import links


@pytest.mark.parametrize("former", links.PATHS)
def test_a_former_path_leads_to_its_page(former, studio, page):
    page.goto(f"{studio}/{former}")
    page.wait_for_url(f"**/{links.PATHS[former]}*")
    page.get_by_role("heading", level=1).wait_for()

"""Back and Forward in a real browser: page, tab and state as the address had them, one history entry per page."""

import pytest

from tests.visitor import PAGES, tabs_of

TITLES = {  # of the pages in the sidebar
    "vae": "VAE",
    "gan": "GANs",
    "deep_dream": "DeepDream",
    "text_generation": "Character LSTM",
    "autoencoders": "Autoencoders",
    "style_gan": "StyleGAN",
    "progressive_gan": "Progressive GAN",
    "convnet_visualization": "What convnets learn",
    "style_transfer": "Style transfer",
    "live_style": "Live style transfer",
}


def finish(page, expect) -> None:
    """Wait until the script of the page has run and no spinner is left."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-testid=stSpinner]")).to_have_count(0)


def open_from_sidebar(page, expect, name: str) -> None:
    page.locator("[data-testid=stSidebar]").get_by_role("link", name=TITLES[name], exact=True).click()
    page.wait_for_url(f"**/{name}*")
    finish(page, expect)


def choose_tab(page, expect, title: str) -> None:
    page.get_by_role("tab", name=title, exact=True).click()
    finish(page, expect)
    expect(page.get_by_role("tab", name=title, exact=True)).to_have_attribute("aria-selected", "true")


def test_every_page_is_in_the_walk():
    assert {*TITLES, "home"} == set(PAGES)


@pytest.mark.parametrize(
    "names", [("vae", "gan", "text_generation"), pytest.param(tuple(TITLES), marks=pytest.mark.slow)], ids=len
)
def test_back_and_forward_restore_page_and_tab_with_one_history_entry_per_page(names, studio, page, expect):
    page.goto(studio)
    finish(page, expect)
    entries, visits = page.evaluate("history.length"), []
    for name in names:
        open_from_sidebar(page, expect, name)
        titles = tabs_of(name)[1]
        choose_tab(page, expect, titles[len(titles) // 2])
        visits.append((titles[len(titles) // 2], page.url))
    assert page.evaluate("history.length") == entries + len(names)
    for step, others in (("go_back", visits[-2::-1]), ("go_forward", visits[1:])):
        for title, url in others:
            getattr(page, step)()
            finish(page, expect)
            expect(page).to_have_url(url)
            expect(page.get_by_role("tab", name=title, exact=True)).to_have_attribute("aria-selected", "true")
            expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_back_restores_a_slider_and_what_a_component_holds(studio, page, expect):
    page.goto(f"{studio}/gan?gan_sample=9")
    finish(page, expect)
    page.goto(f"{studio}/deep_dream")
    octaves = page.get_by_role("slider", name="Octaves")
    octaves.press("ArrowRight")
    expect(page).to_have_url(f"{studio}/deep_dream?dream_octaves=4")
    open_from_sidebar(page, expect, "vae")
    page.go_back()
    expect(page).to_have_url(f"{studio}/deep_dream?dream_octaves=4")
    expect(page.get_by_role("slider", name="Octaves")).to_have_value("4")
    open_from_sidebar(page, expect, "gan")
    expect(page).to_have_url(f"{studio}/gan")
    page.go_back()
    page.go_back()
    expect(page).to_have_url(f"{studio}/gan?gan_sample=9")


@pytest.mark.parametrize(
    "path",
    [
        "text_generation?text_tab=Inspect+the+LSTM&clamp_at=&clamp_value=",
        "vae?grid_spread=&between_what=&interpolation_mode=&latent_view=",
        "vae?vae_tab=Interpolation&between_kind=&interpolation_video_format=",
        "gan?gan_tab=Latent+arithmetic&gan_sum=&gan_operation=&gan_film=&gan_video_format=",
        "gan?gan_tab=Ablations&gan_trick=&gan_ablation=",
        "autoencoders?ae_data=&ae_member=&ae_model=&ae_noise_kind=&ae_noise_type=",
        "autoencoders?ae_tab=Latent+projections&map_kind=&ae_projection=",
    ],
)
def test_an_empty_value_opens_the_default(path, studio, page, expect):
    page.goto(f"{studio}/{path}")
    finish(page, expect)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    expect(page).not_to_have_url(f"{studio}/{path}")  # what is empty is removed


def test_markup_in_the_address_is_no_link(studio, page, expect):
    page.goto(f"{studio}/text_generation?write_temperature=[click](http://evil.example)")
    expect(page.get_by_text("Invalid temperature")).to_contain_text("[click](http://evil.example)")
    expect(page.locator("a[href*='evil']")).to_have_count(0)

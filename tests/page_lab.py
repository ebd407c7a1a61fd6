"""The page docs/lab.html in a browser: what tests press and read."""

from pathlib import Path

from lab_page import LabPage

PAGE = Path(__file__).parents[1] / "docs" / "lab.html"


class PageLab(LabPage):
    """The page's lab, and what stands around it."""

    def preset(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def note(self):
        return self.page.locator(".page-note").inner_text()

    @property
    def question(self):
        return self.page.locator(".page-question").inner_text()

    def setting(self, name):
        """What a setting is, as the engine has confirmed it."""
        return self.confirmed(name)

    def settled(self, condition, what):
        return self.wait(
            lambda lab: lab.data("settled") == "true" and condition(lab), what
        )


def open_lab_page(browser, hash_="", *, before="", **options) -> PageLab:
    """A new page of its own with the lab; `before` runs ahead of its scripts."""
    context = browser.new_context(
        **{"viewport": {"width": 1280, "height": 720}} | options
    )
    context.set_offline(True)  # nothing is fetched
    page = context.new_page()
    if before:
        page.add_init_script(before)
    lab = PageLab(page)
    page.goto(f"{PAGE.as_uri()}{hash_}")
    lab.wait(lambda lab: lab.root.get_attribute("data-drawn"), "the first picture")
    return lab

"""A page of JupyterLab with a live lab: what tests and benchmarks press and read."""

from browser import errors_of_cells, open_notebook, run_up_to, wait_until


class LabPage:
    """The first lab of a page, and what its root element says about itself."""

    def __init__(self, page):
        self.page = page
        self.errors = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.root = page.locator(".gan-lab").first

    def data(self, name):
        return self.root.get_attribute(f"data-{name}")

    def button(self, name):
        return self.root.locator(f"button[name={name}]")

    def control(self, name):
        return self.root.locator(f"[name={name}]")

    def confirmed(self, name):
        field = self.root.locator(f"[data-setting={name}]")
        return field.get_attribute("data-confirmed")

    @property
    def status(self):
        return self.root.get_by_role("status").inner_text()

    @property
    def notice(self):
        # In one call, because the notice may go while it is read.
        return "".join(self.root.get_by_role("alert").all_inner_texts())

    @property
    def iteration(self):
        return int(self.data("iteration"))

    def wait(self, condition, what, seconds=30):
        return wait_until(lambda: condition(self), what, seconds, explain=self.explain)

    def explain(self):
        data = self.root.evaluate("root => JSON.stringify(root.dataset)")
        return f"{data} {self.status!r} {self.notice!r} {self.errors}"

    def play(self):
        """Start playing and wait for a few frames; the first step is compiled."""
        if self.data("playing") != "true":
            self.button("play").click()
        drawn, iteration = int(self.data("drawn")), self.iteration

        def plays(lab):
            return int(lab.data("drawn")) > drawn + 3 and lab.iteration != iteration

        self.wait(plays, "frames", 90)

    def pause(self):
        if self.data("playing") == "true":
            self.button("play").click()
        self.wait(lambda lab: lab.data("playing") == "false", "a pause")
        self.wait(lambda lab: lab.data("settled") == "true", "the last frame")

    def reset(self):
        self.pause()
        self.button("reset").click()
        self.wait(lambda lab: lab.iteration == 0, "iteration 0")

    def picture(self, panel):
        """The pixels of a panel, as a data URL."""
        canvas = self.root.locator(f"[data-panel={panel}] canvas")
        return canvas.evaluate("canvas => canvas.toDataURL()")


def open_lab(browser, server, notebook: str, variable: str) -> LabPage:
    """A new page with this notebook, run up to the cell that shows its lab."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    lab = LabPage(page)
    open_notebook(page, server, f"{notebook}.ipynb")
    show_lab(lab, variable)
    return lab


def show_lab(lab: LabPage, variable: str) -> None:
    """Run the notebook in front up to its lab, and wait for the first picture."""
    run_up_to(lab.page, f"{variable}.show()")
    shown = lab.page.locator(".gan-lab[data-drawn]").first

    def explain():
        return f"The cells raised: {errors_of_cells(lab.page)}"

    wait_until(
        lambda: shown.count() or errors_of_cells(lab.page),
        f"{variable} to be shown",
        240,
        explain=explain,
    )
    assert shown.count(), explain()
    lab.root.scroll_into_view_if_needed()

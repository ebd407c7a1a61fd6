"""What the lab's panels paint, as a reader sees it: strokes, fills, texts and axes.

A page holds the panels' scripts and no kernel. Its canvases note what is painted on
them, in CSS pixels; `Panel.axes` reads a plot's scales off its printed ticks, so that a
test compares data with data and repeats no line of the layout.
"""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
from browser import open_browser

from gan_helpers.lab import view

# Canvases that note each stroke, fill, text and image with the style it is painted in.
RECORDER = """
const paintImage = CanvasRenderingContext2D.prototype.drawImage;
const wrap = (name, note) => {
  const paint = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...values) {
    note.call(this, ...values);
    return paint.apply(this, values);
  };
};
const at = (ctx, x, y) => {
  const { a, b, c, d, e, f } = ctx.getTransform();
  const ratio = window.devicePixelRatio;
  return [(a * x + c * y + e) / ratio, (b * x + d * y + f) / ratio];
};
const note = (ctx, op, more) => {
  const { a, b } = ctx.getTransform();
  (ctx.canvas.calls ??= []).push({
    op, angle: Math.atan2(b, a), dash: ctx.getLineDash(), alpha: ctx.globalAlpha,
    width: Math.round(100 * ctx.lineWidth) / 100,
    align: ctx.textAlign, base: ctx.textBaseline,
    color: op === "stroke" || op === "frame" ? ctx.strokeStyle : ctx.fillStyle,
    clip: ctx.clips?.at(-1) ?? null, path: [...(ctx.path || [])], ...more,
  });
};
wrap("clearRect", function () { this.canvas.calls = []; });
wrap("beginPath", function () { this.path = []; });
for (const name of ["moveTo", "lineTo"]) {
  wrap(name, function (x, y) { this.path.push([name, ...at(this, x, y)]); });
}
wrap("arc", function (x, y, r) { this.path.push(["arc", ...at(this, x, y), r]); });
wrap("rect", function (x, y, w, h) {
  this.path.push(["rect", ...at(this, x, y), ...at(this, x + w, y + h)]);
});
wrap("save", function () { (this.clips ??= []).push(this.clips.at(-1) ?? null); });
wrap("clip", function () { this.clips[this.clips.length - 1] = [...this.path]; });
wrap("restore", function () { this.clips.pop(); });
wrap("stroke", function () { note(this, "stroke"); });
wrap("fill", function () { note(this, "fill"); });
wrap("fillText", function (text, x, y) {
  note(this, "text", { text, at: at(this, x, y) });
});
const box = (ctx, x, y, w, h) => [...at(ctx, x, y), ...at(ctx, x + w, y + h)];
wrap("strokeRect", function (...r) { note(this, "frame", { box: box(this, ...r) }); });
wrap("fillRect", function (...r) { note(this, "rect", { box: box(this, ...r) }); });
wrap("drawImage", function (image, ...r) {
  const { width, height } = image;
  const flat = Object.assign(document.createElement("canvas"), { width, height });
  const ctx = flat.getContext("2d");
  paintImage.call(ctx, image, 0, 0);
  const pixels = [...ctx.getImageData(0, 0, width, height).data];
  const [shape, smooth] = [[height, width, 4], this.imageSmoothingEnabled];
  note(this, "image", { box: box(this, ...r), pixels, shape, smooth });
});
"""
# All panels of one picture on a new stage; resolves once they and their words stand.
SHOW = """text => new Promise((done, fail) => {
  window.onerror = fail; // with the message
  setTimeout(fail, 20_000, "nothing was painted for 20 s");
  const { arrays: lists, losses, quality, real_pictures: real, ...content } =
    JSON.parse(text);
  const types = { uint8: Uint8Array, float32: Float32Array };
  const typed = ({ dtype, values }) => types[dtype].from(values);
  const arrays = {};
  for (const name in lists) arrays[name] = typed(lists[name]);
  const picture = { ...content, arrays };
  for (const [name, list] of Object.entries({ losses, quality })) {
    picture[name] = new History(3);
    picture[name].add(typed(list), list.shape, true);
  }
  if (lists.pictures) {
    picture.sheet = makeSheet(arrays.pictures, lists.pictures.shape);
    picture.realSheet = makeSheet(typed(real), real.shape);
  }
  const root = document.querySelector(".gan-lab");
  window.stage?.dispose();
  window.stage = new Stage(root);
  root.replaceChildren(make("div", { class: "lab-main" }, stage.grid));
  stage.onDescribed = () => done();
  stage.show(picture);
})"""
# As one text, which reaches Python faster than many values.
READ = """() => JSON.stringify([...document.querySelectorAll("figure")].map(figure => {
  const text = name => figure.querySelector(name)?.textContent ?? "";
  const canvas = figure.querySelector("canvas");
  return {
    name: figure.dataset.panel, calls: canvas.calls, title: text(".lab-title"),
    label: canvas.getAttribute("aria-label"), readout: text(".lab-readout"),
    size: [canvas.clientWidth, canvas.clientHeight],
    resolution: [canvas.width, canvas.height],
    legend: [...figure.querySelectorAll(".lab-legend span")].map(
      span => [span.textContent, span.querySelector("svg").innerHTML]),
  };
}))"""
PAGE = """<style>:root {{ color-scheme: light dark; }} {style}</style>
<div class="gan-lab" style="width: 1000px"></div>
<script>{{ {recorder} }}</script><script>{scripts}</script>"""


@contextmanager
def open_drawing_page(*more: str):
    """A page with the panels' scripts, `more` of the lab's, and canvases that note."""
    scripts = view.read_panels() + view.read_web(*more)
    style = view.read_web("lab.css")
    with open_browser() as browser:
        # Two device pixels each way for one of CSS, as on most laptops.
        page = browser.new_page(device_scale_factor=2)
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_content(PAGE.format(style=style, recorder=RECORDER, scripts=scripts))
        yield page
        assert errors == []


def _listed(array) -> dict:
    array = np.asarray(array)
    dtype = "uint8" if array.dtype == np.uint8 else "float32"
    return {"dtype": dtype, "values": array.ravel().tolist(), "shape": array.shape}


def show(page, frame: dict, losses, quality, real_pictures=None) -> dict:
    """{name: `Panel`} of the panels of a lab's frame and its histories."""
    listed = {name: _listed(array) for name, array in frame["arrays"].items()}
    picture = {**frame, "arrays": listed}
    picture |= {"losses": _listed(losses), "quality": _listed(quality)}
    if real_pictures is not None:
        picture["real_pictures"] = _listed(real_pictures)
    page.evaluate(SHOW, json.dumps(picture))
    return read(page)


def read(page) -> dict:
    """{name: `Panel`} of the panels that stand in a page."""
    return {found["name"]: Panel(found) for found in json.loads(page.evaluate(READ))}


class Panel:
    """One panel: what was painted, in order, and its words."""

    def __init__(self, found):
        self.calls = [SimpleNamespace(**call) for call in found["calls"]]
        self.title, self.label = found["title"], found["label"]
        self.size, self.resolution = found["size"], found["resolution"]
        self.readout, self.legend = found["readout"], dict(found["legend"])

    def find(self, op, **style):
        """The calls of this kind with this style; colours in any case of letters."""

        def fits(call):
            return all(
                str(getattr(call, name)).lower() == str(value).lower()
                for name, value in style.items()
            )

        return [call for call in self.calls if call.op == op and fits(call)]

    def one(self, op, **style):
        [call] = self.find(op, **style)
        return call

    def texts(self):
        return {call.text: call for call in self.find("text")}

    def axes(self, k=0):
        """The scales of the panel's k-th plot, from its printed ticks."""
        return Axes(self, k)


class Axes:
    """Pixels to data, as a reader would: by the numbers at the ticks."""

    def __init__(self, panel, k):
        left, top, right, bottom = panel.find("frame")[k].box
        self.box = np.array([left - 0.5, top - 0.5, right + 0.5, bottom + 0.5])
        strokes = map(segments, panel.find("stroke"))
        [marks] = [pairs for pairs in strokes if self._stand_outside(pairs)]
        upright = marks[:, 0, 0] == marks[:, 1, 0]  # these mark x
        texts = panel.find("text")
        self.ticks, self._scales = [], []
        for axis, places in enumerate((marks[upright], marks[~upright])):
            numbers = [call for call in texts if self._is_number(call, axis)]
            values, scale = read_scale(numbers, places[:, 0, axis], axis)
            self.ticks.append(values)
            self._scales.append(scale)
        if self._scales[0] is None:  # the lower plot's ticks serve both
            self._scales[0] = Axes(panel, k + 1)._scales[0]
        corners = self.data([self.box[[0, 3]], self.box[[2, 1]]])
        self.x_range, self.y_range = corners.T

    def _stand_outside(self, pairs) -> bool:
        """Whether all of these lines are tick marks of this plot."""
        below = (pairs[:, :, 1].min(1) >= self.box[3] - 0.01) & (
            pairs[:, :, 1].max(1) <= self.box[3] + 6
        )
        beside = (pairs[:, :, 0].max(1) <= self.box[0] + 0.01) & (
            (pairs[:, :, 1] >= self.box[1] - 1) & (pairs[:, :, 1] <= self.box[3] + 1)
        ).all(1)
        return len(pairs) > 0 and bool((below | beside).all())

    def _is_number(self, call, axis) -> bool:
        """Whether a text is the number at a tick of this axis."""
        if axis == 0:
            near = 0 <= call.at[1] - self.box[3] < 12
            return (call.align, call.base) == ("center", "top") and near
        within = self.box[1] - 1 <= call.at[1] <= self.box[3] + 1
        return call.align == "right" and within

    def data(self, places):
        """Data units of places in pixels, (n, 2)."""
        places = np.asarray(places, float).reshape(-1, 2)
        slopes, shifts = np.transpose(self._scales)
        return slopes * places + shifts

    def clips(self, call) -> bool:
        """Whether what was painted is cut off at this plot's box."""
        return call.clip is not None and np.allclose(call.clip[0][1:], self.box)


def read_scale(numbers, places, axis):
    """The values printed at the ticks of an axis, and (slope, shift) from pixels."""
    values = [float(call.text.replace(",", "")) for call in numbers]
    assert len(values) == len(places)
    if not values:
        return values, None
    printed = [call.at[axis] for call in numbers]
    # The last number of an x axis moves left where it would be cut off.
    np.testing.assert_allclose(printed, places, rtol=0, atol=12 if axis == 0 else 0.01)
    slope, shift = np.polyfit(places, values, 1)
    near = 1e-6 * max(map(abs, values))
    np.testing.assert_allclose(slope * places + shift, values, atol=near)
    assert slope > 0 if axis == 0 else slope < 0  # y grows upwards
    return values, (slope, shift)


def points(call):
    """The corners of a path, (n, 2), in pixels."""
    return np.array([step[1:3] for step in call.path], float).reshape(-1, 2)


def segments(call):
    """The lines of a path that is made of single ones, (n, 2, 2); else empty."""
    names = [step[0] for step in call.path]
    if names != ["moveTo", "lineTo"] * (len(names) // 2):
        return np.zeros((0, 2, 2))
    return points(call).reshape(-1, 2, 2)


def circles(call):
    """The middles of a path of circles, (n, 2); empty if it is none."""
    arcs = [step[1:3] for step in call.path if step[0] == "arc"]
    alone = all(step[0] in ("arc", "moveTo") for step in call.path)
    return np.array(arcs if alone else [], float).reshape(-1, 2)


def crosses(call):
    """The middles of a path of diagonal crosses, (n, 2); empty if it is none."""
    pairs = segments(call)
    if not len(pairs) or len(pairs) % 2:
        return np.zeros((0, 2))
    arms = pairs[:, 1] - pairs[:, 0]
    middles = pairs.mean(1).reshape(-1, 2, 2)
    turned = arms[::2, 0] * arms[1::2, 0] + arms[::2, 1] * arms[1::2, 1]
    diagonal = np.allclose(np.abs(arms[:, 0]), np.abs(arms[:, 1]))
    whole = np.allclose(turned, 0) and np.allclose(middles[:, 0], middles[:, 1])
    return middles[:, 0] if diagonal and whole else np.zeros((0, 2))

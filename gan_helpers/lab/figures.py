"""The labs' panels as static figures, for readers who see no widget."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from gan_helpers import plotting, roles
from gan_helpers.pixels import scale_bytes

if TYPE_CHECKING:
    from gan_helpers.lab.engine import Lab
    from gan_helpers.lab.images import ImageLab
    from gan_helpers.lab.points import PointLab


def draw_points(lab: "PointLab") -> Figure:
    """Data space, feature space (or scores), losses and quality of a `PointLab`."""
    frame = lab.frame()
    fig = plt.figure(figsize=(7, 6.4))
    fig.suptitle(_title(frame), fontsize=11)
    grid = fig.add_gridspec(2, 2, height_ratios=(6, 5))
    _draw_data(fig.add_subplot(grid[0, 0]), frame)
    middle, arrays = fig.add_subplot(grid[0, 1]), frame["arrays"]
    if frame["features"]:
        _draw_features(middle, arrays)
    else:
        _draw_scores(middle, arrays["scores_real"], arrays["scores_fake"])
    _draw_losses(fig.add_subplot(grid[1, 0]), lab, frame)
    places = grid[1, 1].subgridspec(2, 1)
    upper = fig.add_subplot(places[0])
    axes = upper, fig.add_subplot(places[1], sharex=upper)
    upper.tick_params(labelbottom=False)
    _draw_quality(axes, lab)
    axes[0].set_title(f"{lab.quality_names[0]}, of {frame['modes']}")
    axes[0].set_ylim(0, frame["modes"] * 1.05)
    axes[0].axhline(frame["modes"], color="black", ls=roles.LEVEL_LINE, lw=1)
    axes[1].set_ylim(0, 0.72)
    return fig


def draw_images(lab: "ImageLab") -> Figure:
    """Pictures, D's scores, losses and quality of an `ImageLab`."""
    frame = lab.frame()
    arrays = frame["arrays"]
    fig, axes = plt.subplots(2, 2, figsize=(7, 6.2))
    fig.suptitle(_title(frame), fontsize=11)
    pictures = scale_bytes(arrays["pictures"])
    plotting.plot_images(pictures, columns=6, title="generated", ax=axes[0, 0])
    _draw_scores(axes[0, 1], arrays["scores_real"], arrays["scores_fake"])
    _draw_losses(axes[1, 0], lab, frame)
    if lab.quality_names:
        _draw_quality(axes[1, 1:], lab)
    else:
        axes[1, 1].set_axis_off()
    return fig


def _title(frame: dict) -> str:
    return f"After {frame['iteration']:,} iterations"


def _draw_data(ax: Axes, frame: dict) -> None:
    arrays = frame["arrays"]
    surface = ax.imshow(
        arrays["surface"] / 255.0,
        extent=frame["extent"],
        origin="lower",
        aspect="auto",
        cmap=roles.SURFACE,
        vmin=0,
        vmax=1,
        alpha=roles.SURFACE_ALPHA,
    )
    plotting.plot_points(arrays["real"], arrays["fake"], ax=ax)
    x0, x1, y0, y1 = frame["extent"]
    x, y, dx, dy = arrays["arrows"].T
    # An arrow of length 1 takes a sixth of the panel.
    scale_x, scale_y = (x1 - x0) / 6, (y1 - y0) / 6
    ax.quiver(
        x,
        y,
        dx * scale_x,
        dy * scale_y,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.005,
        color=roles.FAKE_DARK,
        zorder=3,
    )
    ax.set(xlim=(x0, x1), ylim=(y0, y1), title="data space", xlabel="x", ylabel="y")
    _put_legend_below(ax)
    ax.figure.colorbar(surface, ax=ax, label="D says real", ticks=[0, 0.5, 1])


def _draw_features(ax: Axes, arrays: dict[str, np.ndarray]) -> None:
    plotting.plot_features(
        arrays["features_before"],
        arrays["features_after"],
        arrays["features_real"],
        ax=ax,
    )
    ax.set_title("feature space")
    _put_legend_below(ax)


def _put_legend_below(ax: Axes) -> None:
    """The legend under the panel, off its points and curves."""
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.2),
        ncols=2,
        handletextpad=0.3,
        columnspacing=1,
    )


def _draw_scores(ax: Axes, real: np.ndarray, fake: np.ndarray) -> None:
    bins = np.histogram_bin_edges(np.concatenate([real, fake]), bins=30)
    for values, label, color, alpha, hatch in (
        (real, "real", roles.REAL, 0.3, None),
        (fake, "generated", roles.FAKE, 0.1, roles.FAKE_HATCH),
    ):
        look: dict[str, Any] = {"ec": color, "fc": to_rgba(color, alpha)}
        look |= {"hatch": hatch, "bins": bins}
        ax.hist(values, histtype="stepfilled", label=label, **look)
    ax.set(title="D's scores", xlabel="logit", ylabel="samples")
    _put_legend_below(ax)


def _draw_losses(ax: Axes, lab: "Lab", frame: dict) -> None:
    curves = lab.record.losses.array
    curves = curves[curves[:, 0] <= frame["iteration"]]
    for column, name, level, color, line in (
        (1, "discriminator", frame["d_level"], roles.DISCRIMINATOR, roles.D_LINE),
        (2, "generator", frame["g_level"], roles.FAKE, "-"),
    ):
        ax.plot(curves[:, 0], curves[:, column], line, color=color, lw=1, label=name)
        if level is not None:
            ax.axhline(level, color=color, linestyle=roles.LEVEL_LINE, linewidth=1)
    if len(curves) > 1:  # a first loss of 100 would hide what follows
        known = [x for x in (frame["d_level"], frame["g_level"]) if x is not None]
        low, high = np.percentile(curves[:, 1:], (1, 99))
        low, high = min([low, *known]), max([high, *known])
        ax.set_ylim(low - 0.1 * (high - low) - 1e-3, high + 0.1 * (high - low) + 1e-3)
    ax.set(title="losses (dotted: equilibrium)", xlabel="iteration", ylabel="loss")
    ax.locator_params(axis="x", nbins=4)
    _put_legend_below(ax)


def _draw_quality(axes: Sequence[Axes] | np.ndarray, lab: "Lab") -> None:
    """Each measure in a panel of its own: `axes` are as many as the lab's names."""
    curves = lab.record.quality.array
    for k, (ax, name) in enumerate(zip(axes, lab.quality_names, strict=True), 1):
        mark = roles.FAKE_MARK if len(curves) < 40 else ""  # more would hide the line
        ax.plot(curves[:, 0], curves[:, k], f"{mark}-", color=roles.FAKE)
        ax.set_title(name)
        ax.locator_params(axis="x", nbins=4)
    axes[-1].set_xlabel("iteration")

"""How each role looks: one colour for one role, and never colour alone.

Real samples are blue circles, generated ones orange crosses, and hatched where bars are
drawn; what belongs to the discriminator is black and dashed; a level is dotted.
`plotting` and the live lab draw by these, the browser's side too (`lab.view`).
"""

REAL = "#0072B2"
FAKE = "#D55E00"
FAKE_DARK = "#8A3B00"  # words in orange, and the pull on generated points
FAKE_PALE = "#EDB48A"  # the centroid before a step
DISCRIMINATOR = "#000000"
SURFACE = "RdBu"  # the discriminator's output, 0 to 1, white at 0.5
SURFACE_ALPHA = 0.5  # so that points stay visible on it

REAL_MARK, FAKE_MARK = "o", "x"
FAKE_HATCH = "///"
D_LINE = "--"
LEVEL_LINE = ":"  # equilibrium, or the best there is

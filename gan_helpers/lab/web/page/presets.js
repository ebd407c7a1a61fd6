// Failures of lesson 08's clinic, one tap each, with the question to ask before Play.
// The networks are this page's, with the clinic's losses, rates and steps; three of the
// clinic's patients need what this engine has not: labels above 1, batch normalisation,
// and Keras' stacked models.

const RING = {
  data: "ring of 8", noise: "normal", noise_dim: 8,
  optimizer: "Adam, β₁ 0.5", d_rate: 2e-3, g_rate: 1e-3,
  penalty_kind: "R1", penalty: 0.1,
};
const GAUSSIAN = {
  data: "one Gaussian", noise: "normal", noise_dim: 8,
  d_rate: 5e-3, g_rate: 5e-3,
};

// `cure` is what to try then; an answer says what usually happens, not what must.
const PRESETS = [
  {
    name: "Learns a parabola",
    settings: {},
    question:
      "How will the two losses look once the crosses lie on the circles: " +
      "both near 0, or somewhere else?",
    answer:
      "Near 1.39 and 0.69, the dotted lines: D can then do no better than guess. A loss " +
      "near 0 would mean that one of the two has won.",
  },
  {
    name: "Mode collapse",
    settings: { ...RING, g_rate: 5e-3, g_steps: 5, penalty_kind: "none" },
    question: "G takes five steps for each step of D. How many of the 8 modes will it reach?",
    answer:
      "Few. G runs to the place that D finds most real just now, with all its points; " +
      "D learns to refuse it, and G runs on.",
    cure: RING,
    cureText: "One step each, and R1 on D’s slope",
  },
  {
    name: "Vanishing gradient",
    settings: {
      ...RING, loss: "minimax", penalty_kind: "none", d_rate: 5e-3, d_steps: 3,
    },
    question:
      "D is quick and takes three steps for one of G, with the original minimax loss. " +
      "D’s loss goes to 0: is that good?",
    answer:
      "No. Where D is sure, the slope of log(1 - σ(D)) is almost 0: G’s loss says nothing " +
      "about where to go, and its points stay where they are.",
    cure: { ...RING, d_rate: 5e-3, d_steps: 3 },
    cureText: "The non-saturating loss, and R1",
  },
  {
    name: "Oscillation",
    settings: { ...GAUSSIAN, optimizer: "Adam" },
    question:
      "The data are one round cloud, the easiest of all, but both rates are high and both " +
      "optimizers have momentum. What path does the generated cloud take?",
    answer:
      "It overshoots, D turns around, it overshoots again. Watch the arrows: they turn " +
      "before the points arrive.",
    cure: { ...GAUSSIAN, optimizer: "RMSProp", penalty_kind: "R1", penalty: 0.1 },
    cureText: "No momentum, and R1",
  },
  {
    name: "Overpowered D",
    settings: {
      ...RING, penalty_kind: "none", d_rate: 1e-2, d_steps: 5, g_rate: 1e-5,
    },
    question:
      "D learns a thousand times as fast as G and takes five steps. This loss does not " +
      "vanish. So will G get there?",
    answer:
      "Not in the time that you watch: the arrows are long, but G takes tiny steps, and " +
      "its loss climbs far above ln 2.",
    cure: RING,
    cureText: "Equal steps, similar rates, and R1",
  },
  {
    name: "Explosion",
    settings: {
      ...RING, loss: "wasserstein", penalty_kind: "gradient penalty", penalty: 10,
      optimizer: "SGD", d_rate: 0.5, g_rate: 0.1,
    },
    question:
      "Plain gradient descent with a rate of 0.5, and a penalty of weight 10. How many " +
      "iterations until a loss is no longer a number?",
    answer:
      "A handful. The penalty pulls D’s slope back with so large a step that it lands " +
      "further away on the other side. Go back to the last good frame, lower D’s rate, and play.",
    cure: { ...RING, loss: "wasserstein", penalty_kind: "gradient penalty", penalty: 10 },
    cureText: "Adam at a rate of 0.002, which is slow but holds",
  },
];

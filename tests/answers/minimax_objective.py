# %% 1.1 right: logits instead of a quotient
def best_d_with_prior(p_x, q_x, prior):
    logit = np.log(prior * p_x) - np.log((1 - prior) * q_x)
    return 1 / (1 + np.exp(-logit))


# %% 1.1 wrong: the prior on the wrong side
# hint: real
def best_d_with_prior(p_x, q_x, prior):
    return (1 - prior) * p_x / ((1 - prior) * p_x + prior * q_x)

"""The page's engine takes the same way as the lab's, in the browser that runs it."""

import numpy as np
import page_agreement
import pytest
from browser import open_browser
from page_agreement import BOUNDS, compare, make_batches, pairwise_cover, set_batches

CASES = pairwise_cover()
BATCHES = make_batches()


@pytest.fixture(scope="module")
def page():
    with open_browser() as browser:
        page = page_agreement.open_page(browser)
        set_batches(page, BATCHES)
        yield page


def test_the_cases_cover_every_pair():
    covered = set().union(*map(page_agreement.pairs_of, CASES))
    assert covered == page_agreement.all_pairs()
    assert len(CASES) <= 30


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_engines_take_the_same_way(page, case, dtype):
    _, bound = BOUNDS[dtype]
    apart, losses_apart = compare(page, case, BATCHES, dtype)
    assert np.max(apart) <= bound, f"G and D are {apart} apart"
    assert losses_apart <= 100 * bound

"""Which manager of a group takes which bundles: compact territories in proportion to the days each can work."""

import numpy as np

from scheduling.planner.bundles import DayBundles
from scheduling.planner.groups import Groups, managers_of
from scheduling.planner.model import NOBODY, Facts, Flags, Ints, Reals


def share_out(facts: Facts, groups: Groups, bundles: DayBundles, days: Flags) -> Ints:
    """The manager of each bundle."""
    taken = np.full(len(bundles), NOBODY, np.int64)
    staff = managers_of(groups.of, len(groups))
    working = days.sum(axis=1).astype(np.float64)
    centre = centres(facts, bundles)
    order = np.argsort(bundles.group, kind="stable")
    rows_of = np.split(order, np.searchsorted(bundles.group[order], np.arange(1, len(groups))))
    for rows, managers in zip(rows_of, staff, strict=True):
        able = managers[working[managers] > 0]
        if len(rows) and len(able):
            taken[rows] = able[divide(centre[rows], working[able])]
    return taken


def centres(facts: Facts, bundles: DayBundles) -> Reals:
    """The middle of each bundle's enterprises."""
    inside = bundles.member != NOBODY
    place = facts.sites.place[np.where(inside, bundles.member, 0)] * inside[:, :, None]
    return place.sum(axis=1) / np.maximum(bundles.size, 1)[:, None]


def divide(place: Reals, weight: Reals) -> Ints:
    """Cuts places in two across their longest extent, again and again, in proportion to the weights."""
    taken = np.zeros(len(place), np.int64)
    open_parts = [(np.arange(len(place)), np.arange(len(weight)))]
    while open_parts:
        rows, who = open_parts.pop()
        if len(who) == 1 or not len(rows):
            taken[rows] = who[0]
            continue
        half = len(who) // 2
        share = weight[who[:half]].sum() / weight[who].sum()
        order = rows[np.argsort(along(place[rows]), kind="stable")]
        cut = round(share * len(rows))
        open_parts += [(order[:cut], who[:half]), (order[cut:], who[half:])]
    return taken


def along(place: Reals) -> Reals:
    """Where each place lies along the longest extent of all of them."""
    middle = place - place.mean(axis=0)
    # Plain sums: a matrix product may round differently on another number of cores.
    xx, yy, xy = (middle[:, 0] ** 2).sum(), (middle[:, 1] ** 2).sum(), (middle[:, 0] * middle[:, 1]).sum()
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    return middle[:, 0] * np.cos(angle) + middle[:, 1] * np.sin(angle)

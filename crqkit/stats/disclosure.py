"""Which groups may be shown without showing single persons."""

from collections.abc import Hashable, Mapping


def shown_groups(counts: Mapping[Hashable, int], floor: int) -> list[Hashable]:
    """Return the groups that may be shown, in the order given.

    Groups under `floor` are withheld. So that they cannot be had by subtracting the shown ones from a total,
    the next smallest follow until at least two groups with `floor` persons in all are withheld.

    Parameters
    ----------
    counts : mapping
        Persons by group; empty groups hide nobody and are simply left out.
    floor : int
        Fewest persons of a group that may be shown.

    References
    ----------
    Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (primary and secondary suppression).

    Examples
    --------
    >>> shown_groups({"a": 30, "b": 3, "c": 8, "d": 12}, 5)
    ['a', 'd']
    >>> shown_groups({"a": 30, "b": 6}, 5)
    ['a', 'b']
    """
    filled = {group: int(count) for group, count in counts.items() if count > 0}
    withheld = {group for group, count in filled.items() if count < floor}
    for group in sorted(filled, key=lambda group: filled[group]):
        hidden = sum(filled[name] for name in withheld)
        if not withheld or (len(withheld) > 1 and hidden >= floor):
            break
        withheld.add(group)
    return [group for group in filled if group not in withheld]

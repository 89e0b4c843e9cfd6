"""Draws the pictures of `docs/explanation/evidence.md` from the library and its simulations: python docs/build_pictures.py.

Seeds are fixed, and the files hold no date, so that drawing again changes nothing unless the figures do. Takes half a minute.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]  # what draws is the tree beside it

import matplotlib as mpl  # noqa: E402
import numpy as np  # noqa: E402

mpl.use("svg")

from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

from bench import exact, rivals, year  # noqa: E402
from remit.evidence.drift import Cusum, Drift  # noqa: E402
from remit.evidence.forecast import forecast  # noqa: E402
from remit.evidence.promotion import Promotion, trial_alpha  # noqa: E402
from remit.evidence.sampling import escalated  # noqa: E402

FOLDER = ROOT / "docs" / "explanation" / "pictures"
INK, OURS, OTHERS, WARN = "#7f7f7f", "#2f7ed8", "#b0763a", "#c8453c"  # readable on a light page and on a dark one
TOLERANCE = 0.05
LONGEST = 300  # answers in the first picture

mpl.rcParams |= {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.figsize": (7.2, 3.6),
    "font.family": "sans-serif",
    "font.size": 10,
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "remit",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(exist_ok=True)
    for draw in (wealth, waiting, false_promotions, drift, saved):
        figure, axes = plt.subplots()
        draw(axes)
        figure.tight_layout()
        figure.savefig(FOLDER / f"{draw.__name__.replace('_', '-')}.svg", metadata={"Date": None})
        plt.close(figure)


def wealth(axes: Axes) -> None:
    """Draw the wealth of a clean, a good and a bad agent, answer by answer."""
    chance = np.random.default_rng(4)
    for name, rate, colour in (("never wrong", 0.0, OURS), ("1 in 80 wrong", 0.0125, "#3a9d5d"), ("1 in 20 wrong", 0.05, WARN)):
        test, seen = Promotion(TOLERANCE, trial_alpha(0.05, 1)), [1.0]
        while len(seen) <= LONGEST and not test.crossed:
            test.update(float(chance.random() < rate))
            seen.append(float(np.exp(test.log_wealth)))
        axes.plot(seen, color=colour, label=name)
        axes.plot(len(seen) - 1, seen[-1], "o" if test.crossed else "", color=colour)
    axes.axhline(1 / trial_alpha(0.05, 1), color=INK, linestyle="--", linewidth=1)
    axes.text(298, 1.15 / trial_alpha(0.05, 1), "the bar: 33 times the stake", ha="right")
    axes.set(yscale="log", xlabel="answers", ylabel="wealth of the bet", ylim=(0.02, 80), xlim=(0, 300))
    axes.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    axes.legend(frameon=False, loc="center right", bbox_to_anchor=(1, 0.55))


def waiting(axes: Axes) -> None:
    """Draw how likely promotion is by when, for error rates as shares of the tolerance."""
    for share, colour in ((0.0, OURS), (0.25, "#3a9d5d"), (0.5, OTHERS), (0.75, WARN), (1.0, INK)):
        told = forecast(share * TOLERANCE, tolerance=TOLERANCE, alpha=trial_alpha(0.05, 1), horizon=2000)
        name = "never wrong" if not share else "exactly at the tolerance" if share == 1 else f"{share:g} of the tolerance"
        axes.plot(100 * np.array(told.by_review), color=colour, label=name)
    axes.set(xlabel="answers", ylabel="% promoted by then", xlim=(0, 2000), ylim=(0, 101))
    axes.legend(frameon=False, loc="center right", bbox_to_anchor=(1, 0.68))


def false_promotions(axes: Axes) -> None:
    """Draw how many agents exactly at the tolerance each rule promotes within a year of 20 actions a day."""
    at_it = np.full(1000, TOLERANCE)
    world = year.World(
        tolerance=TOLERANCE, per_day=20, before=at_it, after=at_it, changes_at=at_it + np.inf, bad=np.ones(1000, dtype=np.bool_)
    )
    shares = {name: year.live(way, seed=2).bad_promoted for name, way in year.in_use(world).items()}
    bound = lambda errors: rivals.clopper_pearson_reviews(errors, tolerance=TOLERANCE, alpha=0.05)  # noqa: E731
    shares["95 % confidence bound, watched"] = exact.walk(bound, TOLERANCE, 20 * year.DAYS).chance
    shares["Remit"] = exact.walk(exact.km20(TOLERANCE, trial_alpha(0.05, 1)), TOLERANCE, 20 * year.DAYS).chance
    names = list(shares)[::-1]
    bars = axes.barh(names, [100 * shares[name] for name in names], color=[OURS if name == "Remit" else OTHERS for name in names])
    axes.bar_label(bars, fmt="%.0f %%", padding=4, color=INK)
    axes.set(xlabel="% promoted within a year, wrong exactly as often as is borne", xlim=(0, 112))


def drift(axes: Axes) -> None:
    """Draw the evidence of a level that goes bad on day 30, and the share looked at."""
    chance, days = np.random.default_rng(8), 45
    detector, cusum = Drift(0.02, 7300.0), Cusum(0.02)
    evidence, looked_at, at = [0.0], [5.0], [0.0]
    for action in range(200 * days):
        share = escalated(0.05, 0.5, log_warning=cusum.log_evidence)
        wrong = chance.random() < (0.08 if action >= 200 * 30 else 0.005)
        if chance.random() < share:
            detector.update(float(wrong))
            cusum.update(float(wrong))
        at.append(action / 200)
        evidence.append(max(0.0, detector.log_evidence / np.log(7300.0)) * 100)
        looked_at.append(100 * share)
        if detector.alarm:
            break
    axes.step(at, looked_at, color=OTHERS, linewidth=1, label="% of actions looked at")
    axes.plot(at, evidence, color=WARN, label="evidence of drift, % of the alarm")
    axes.axvline(30, color=INK, linestyle="--", linewidth=1)
    axes.text(29.7, 92, "from here on four times the tolerance", ha="right")
    axes.set(xlabel="day", ylim=(0, 105), xlim=(0, 40))
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(0.05, 0.66))


def saved(axes: Axes) -> None:
    """Draw what each way saves and lets escape in the same year."""
    world = year.world(1500, tolerance=0.02, per_day=20, seed=5)
    ways: dict[str, year.Way] = {"Remit": year.Earned(world, lifetime=True), "who knows the truth": year.Clairvoyant(world)}
    for name, way in (ways | year.in_use(world)).items():
        got = year.live(way, seed=9)
        colour = OURS if name == "Remit" else INK if name.startswith("who") else OTHERS
        axes.plot(got.excess, 100 * got.saved, "o", color=colour, markersize=9)
        below = -16 if name.startswith("last") else -4
        axes.annotate(name, (got.excess, 100 * got.saved), (8, below), textcoords="offset points", color=colour)
    axes.set(
        xlabel="errors that escaped while above the tolerance, per 1,000 actions", ylabel="% of reviews saved", xlim=(-0.5, 23)
    )
    axes.set_ylim(0, 100)


if __name__ == "__main__":
    main()

"""The figures for people and for programs."""

import json
import statistics


def medians(turns):
    """The median of each figure over the turns; of ratios too, so that each is of one turn."""
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


def _shown(name, value):
    words = name.replace("_", " ")
    if "_us" in name:
        return words.replace(" us", ""), f"{value / 1e3:.3f} ms"
    if "_kb" in name:
        return words.replace(" kb", ""), f"{value / 1024:.1f} MB"
    if name.endswith("_ms"):
        return words.removesuffix(" ms"), f"{value:.1f} ms"
    if "ratio" in name:
        return words, f"{value:.2f}"
    if "_per_s" in name:
        return words.replace(" per s", ""), f"{value:,.0f} /s"
    return words, f"{value:,.0f}"


def print_part(name, turns):
    count = len(turns)
    print(f"\n{name}: the median of {count} turns, and the least and the most" if count > 1
          else f"\n{name}: measured once")
    for figure, median in medians(turns).items():
        values = [turn[figure] for turn in turns]
        words, shown = _shown(figure, median)
        line = f"  {words:<38} {shown:>14}"
        if count > 1:
            line += "".join(f" {_shown(figure, value)[1]:>14}" for value in (min(values), max(values)))
        print(line)


def print_goals(goals):
    width = max(len(goal.name) for goal in goals)
    print("\n{:<{width}} {:>10} {:>12}".format("goals", "figure", "wanted", width=width))
    for goal in goals:
        sign = "≥" if goal.is_least else "≤"
        figure = f"{goal.figure:.2f} {goal.unit}".rstrip()
        wanted = f"{sign} {goal.bound:g} {goal.unit}".rstrip()
        met = "met" if goal.is_met else "MISSED"
        print(f"{goal.name:<{width}} {figure:>10} {wanted:>12}  {met}")


def write_json(file, run, parts, goals):
    document = {
        "run": run,
        "parts": {name: {"medians": medians(turns), "turns": turns}
                  for name, turns in parts.items()},
        "goals": [goal.document() for goal in goals],
    }
    with open(file, "w") as out:
        json.dump(document, out, indent=1)
        out.write("\n")

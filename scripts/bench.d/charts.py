"""Which figures are drawn, and against what."""

import re

import plot


def _points(figures, pattern, scale=1.0):
    """(number in the name, value) of the figures whose name matches."""
    found = []
    for name, value in figures.items():
        match = re.fullmatch(pattern, name)
        if match:
            found.append((int(match[1]), value * scale))
    return sorted(found)


def _accepting(figures):
    rates = _points(figures, r"accepted_per_s_at_(\d+)")
    ceiling = [(connections, figures["combined_per_s"]) for connections, _ in rates]
    return [
        plot.Panel("Accepting orders", "connections", "orders/s",
                   [("accepted", rates), ("combined ceiling", ceiling)]),
        plot.Panel("Time to the answer", "connections", "ms",
                   [("p50", _points(figures, r"p50_us_at_(\d+)", 1e-3)),
                    ("p99", _points(figures, r"p99_us_at_(\d+)", 1e-3))])]


def _flow(figures):
    rates = dict(_points(figures, r"final_per_s_at_(\d+)"))
    over_load = [[(rates[connections], time) for connections, time
                  in _points(figures, rf"final_{quantile}_us_at_(\d+)", 1e-3)]
                 for quantile in ("p50", "p99")]
    for points in over_load:
        points[:] = [(round(rate), time) for rate, time in points]
    return [
        plot.Panel("Whole flow, closed loop", "orders under way", "final orders/s",
                   [("to the final status", sorted(rates.items()))]),
        plot.Panel("Time to the final status", "final orders/s", "ms",
                   [("p50", over_load[0]), ("p99", over_load[1])])]


def _growth(figures):
    def relative(what):
        fewest = _points(figures, rf"{what}_per_s_with_(\d+)")[0][0]
        return [(fewest, 1.0), *_points(figures, rf"ratio_of_{what}_with_(\d+)")]

    return [plot.Panel("Speed over the size of the database", "orders in the database",
                       "of the speed with the fewest",
                       [("accepting", relative("accepted")), ("whole flow", relative("final")),
                        ("reads of an order", relative("order_reads")),
                        ("reads of a page", relative("page_reads"))])]


def write(folder, parts):
    """One file for each part that has a chart; `parts` are the medians by part."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, panels in (("accepting", _accepting), ("flow", _flow), ("growth", _growth)):
        if name in parts:
            plot.write(folder / f"{name}.svg", panels(parts[name]))

"""What is wanted of the figures."""

MEMORY_IDLE_KB = 40 * 1024
MEMORY_LOAD_KB = 200 * 1024


class Goal:
    def __init__(self, name, figure, bound, is_least, unit=""):
        self.name = name
        self.figure = figure
        self.bound = bound
        self.is_least = is_least
        self.unit = unit

    @property
    def is_met(self):
        return self.figure >= self.bound if self.is_least else self.figure <= self.bound

    def document(self):
        return {"name": self.name, "figure": self.figure,
                "atLeast" if self.is_least else "atMost": self.bound, "unit": self.unit,
                "met": self.is_met}


def _of_growth(figures):
    goals = []
    for what, name in (("accepted", "accepting"), ("final", "whole flow"),
                       ("order_reads", "reads of an order"), ("page_reads", "reads of a page")):
        for figure, value in figures.items():
            prefix = f"ratio_of_{what}_with_"
            if figure.startswith(prefix):
                orders = int(figure.removeprefix(prefix))
                bound = 0.8 if orders > 1_000_000 else 0.9
                goals.append(Goal(f"{name} with {orders:,} orders / with the fewest", value, bound,
                                  True))
    return goals


def _among_strangers(figures):
    if not figures:
        return []
    kept_kb = figures["afterwards_kb"] - figures["before_kb"]
    return [Goal("/healthz among strangers, p99", figures["healthz_p99_us"] / 1e3, 50, False, "ms"),
            Goal("resident memory among strangers", figures["most_kb"] / 1024, 200, False, "MB"),
            Goal("of which is kept afterwards", kept_kb / 1024, 20, False, "MB"),
            Goal("orders accepted among strangers", figures["accepted_beside_per_s"], 1, True,
                 "/s")]


def goals_of(parts):
    """Those whose parts were measured; `parts` are the medians by part."""
    accepting, flow = parts.get("accepting"), parts.get("flow")
    stream, recovery = parts.get("stream"), parts.get("recovery")
    goals = []
    if accepting:
        goals += [
            Goal("accepting at 64 connections / combined ceiling, two processors",
                 accepting["ratio_to_combined"], 0.8, True),
            Goal("accepting at 1 connection / (sync + HTTP round trip)", accepting["ratio_at_1"],
                 0.8, True)]
    if flow:
        goals += [
            Goal("whole flow, closed loop / bare loop with all rows", flow["ratio_to_storage"],
                 0.6, True),
            Goal("POST to PROCESSED, idle, p50 / (3 syncs + 1 ms)", flow["ratio_of_idle_to_bound"],
                 1.0, False),
            Goal("p99 of accepting at 64 connections in the whole flow",
                 flow["accepted_p99_us"] / 1e3, 30, False, "ms")]
    goals += _of_growth(parts.get("growth", {}))
    if recovery:
        goals += [
            Goal(f"start with {recovery['pending']:,.0f} pending events to the first 201",
                 recovery["first_accepted_ms"] / 1e3, 1, False, "s"),
            Goal("draining them / closed loop", recovery["ratio_to_closed_loop"], 0.8, True)]
    goals += _among_strangers(parts.get("strangers"))
    idle = [part["idle_kb"] for part in parts.values() if "idle_kb" in part]
    load = [part["load_kb"] for part in parts.values() if "load_kb" in part]
    if idle:
        goals.append(Goal("resident memory, idle", max(idle) / 1024, MEMORY_IDLE_KB / 1024, False,
                          "MB"))
    if load:
        goals.append(Goal("resident memory, at any load", max(load) / 1024, MEMORY_LOAD_KB / 1024,
                          False, "MB"))
    if stream:
        goals.append(Goal(f"accepting with {stream['readers']:.0f} readers of the stream / without",
                          stream["ratio"], 0.9, True))
    return goals

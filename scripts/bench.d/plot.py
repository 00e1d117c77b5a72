"""Line charts as SVG, drawn with the colors of the reader's theme."""

import math

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 68, 24, 66, 46
COLORS = ("#2563eb", "#dc2626", "#059669", "#d97706")


class Panel:
    """One chart: `lines` is a list of (name, [(x, y), ...]). x is drawn by its logarithm."""

    def __init__(self, title, x_name, y_name, lines):
        self.title = title
        self.x_name = x_name
        self.y_name = y_name
        self.lines = [(name, points) for name, points in lines if points]


def _short(value):
    for bound, suffix in ((1e6, "M"), (1e3, "k")):
        if value >= bound:
            return f"{value / bound:.3g}{suffix}"
    return f"{value:g}"


def _steps(most):
    """Round values from 0 to a little over the most."""
    step = 10 ** math.floor(math.log10(most))
    step = next(s for s in (step / 5, step / 2, step, step * 2) if most / s <= 6)
    return [i * step for i in range(math.ceil(most / step) + 1)]


def _text(x, y, text, anchor="middle", size=11, extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" {extra}>'
            f"{text}</text>")


class _Drawing:
    def __init__(self, panel, shift):
        self.panel = panel
        self.shift = shift
        points = [point for _, points in panel.lines for point in points]
        self.values = sorted({x for x, _ in points})
        self.steps = _steps(max(y for _, y in points) or 1)

    def x(self, value):
        first, last = math.log(self.values[0]), math.log(self.values[-1])
        part = (math.log(value) - first) / (last - first) if last > first else 0.5
        return self.shift + LEFT + part * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        return HEIGHT - BOTTOM - value / self.steps[-1] * (HEIGHT - TOP - BOTTOM)

    def axes(self):
        left, right = self.shift + LEFT, self.shift + WIDTH - RIGHT
        for step in self.steps:
            y = self.y(step)
            yield f'<path d="M{left} {y:.1f}H{right}" stroke="#8884" fill="none"/>'
            yield _text(left - 6, y + 4, _short(step), "end")
        for value in self.values:
            yield _text(self.x(value), HEIGHT - BOTTOM + 16, _short(value))
        middle = (left + right) / 2
        yield _text(middle, 16, self.panel.title, size=13, extra='font-weight="bold"')
        yield _text(middle, HEIGHT - 8, self.panel.x_name)
        x, y = self.shift + 14, (TOP + HEIGHT - BOTTOM) / 2
        yield _text(x, y, self.panel.y_name, extra=f'transform="rotate(-90 {x} {y})"')

    def lines(self):
        for number, (name, points) in enumerate(self.panel.lines):
            color = COLORS[number % len(COLORS)]
            path = "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in sorted(points))
            yield f'<path d="M{path}" stroke="{color}" stroke-width="2" fill="none"/>'
            for x, y in points:
                yield f'<circle cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3" fill="{color}"/>'
            column, row = number % 2, number // 2
            yield _text(self.shift + LEFT + 8 + 150 * column, 34 + 14 * row, name, "start",
                        extra=f'style="fill:{color}"')


def write(file, panels):
    """Draws the panels side by side. Those without a point are left out."""
    panels = [panel for panel in panels if panel.lines]
    drawn = [piece for number, panel in enumerate(panels)
             for drawing in [_Drawing(panel, number * WIDTH)]
             for piece in (*drawing.axes(), *drawing.lines())]
    with open(file, "w") as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH * len(panels)}" '
                  f'height="{HEIGHT}" font-family="sans-serif" fill="#888">\n')
        out.write("\n".join(drawn))
        out.write("\n</svg>\n")

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { theme } from "../state/theme";

export interface Line {
  label: string;
  /** A custom property of the style sheet, such as "--line-1". */
  color: string;
}

interface Props {
  /** The times in seconds, then the values of each line. */
  data: uPlot.AlignedData;
  lines: Line[];
  height: number;
  /** Without axes: a glance, not a reading. */
  spark?: boolean;
  /** What the picture shows, in words. */
  label: string;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

/** Canvas knows no custom properties: asks the style sheet what a colour is at present. */
function color_of(element: Element, property: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${property})`;
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

/** Events are whole: no line of the grid stands between two. */
const whole_steps = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

function options_of(box: HTMLElement, props: Props): uPlot.Options {
  const ink = color_of(box, "--ink-2");
  const rule = color_of(box, "--rule");
  const least_seconds = props.spark ? 120 : 300;
  const axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { show: false } };
  const font = "11px system-ui, sans-serif";
  return {
    width: Math.max(40, box.clientWidth),
    height: props.height,
    padding: props.spark ? [3, 0, 2, 0] : [8, 8, 0, 0],
    cursor: { show: !props.spark, y: false },
    legend: { show: false },
    scales: {
      x: { range: (_, min, max) => [Math.min(min, max - least_seconds), max] },
      y: { range: (_, __, max) => [0, Math.max(max * 1.1, props.spark ? 1e-9 : 1)] },
    },
    axes: props.spark
      ? [{ show: false }, { show: false }]
      : [
          { ...axis, font, values: (_, splits) => splits.map((at) => clock.format(at * 1000)) },
          { ...axis, font, size: 56, incrs: whole_steps },
        ],
    series: [
      {},
      ...props.lines.map((line) => {
        const stroke = color_of(box, line.color);
        const fill = stroke.replace(/^rgb\((.*)\)$/, "rgba($1, 0.12)");
        const one: uPlot.Series = { label: line.label, stroke, width: 1.5, points: { show: false } };
        if (props.lines.length === 1) one.fill = fill;
        return one;
      }),
    ],
  };
}

export function Chart(props: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const latest = useRef(props);
  latest.current = props;
  const names = props.lines.map((line) => line.label + line.color).join();

  useEffect(() => {
    const home = box.current;
    if (!home) return;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(options_of(home, latest.current), latest.current.data, home);
    };
    draw();
    const resized = new ResizeObserver(() => {
      const width = Math.max(40, home.clientWidth);
      if (plot.current?.width !== width) plot.current?.setSize({ width, height: latest.current.height });
    });
    resized.observe(home);
    const darkness = matchMedia("(prefers-color-scheme: dark)");
    darkness.addEventListener("change", draw);
    const stop_watching = theme.watch(draw);
    return () => {
      stop_watching();
      darkness.removeEventListener("change", draw);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [names, props.height, props.spark]);

  useEffect(() => {
    plot.current?.setData(props.data);
  }, [props.data]);

  return <div ref={box} class="chart" role="img" aria-label={props.label} style={{ height: `${props.height}px` }} />;
}

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { Chart, type Line } from "../parts/chart";
import { duration, figure } from "../parts/texts";
import type { Sample } from "../state/flow_metrics";

interface Tile {
  title: string;
  unit: (value: number) => string;
  lines: (Line & { value: (sample: Sample) => number | null })[];
}

const per_second = (value: number): string => `${figure(value)}/s`;

const tiles: Tile[] = [
  {
    title: "Accepted",
    unit: per_second,
    lines: [{ label: "accepted", color: "--line-1", value: (sample) => sample.accepted }],
  },
  {
    title: "Finished",
    unit: per_second,
    lines: [{ label: "finished", color: "--line-2", value: (sample) => sample.finished }],
  },
  {
    title: "Time to accept",
    unit: duration,
    lines: [
      { label: "p50", color: "--line-1", value: (sample) => sample.p50_ms },
      { label: "p99", color: "--line-3", value: (sample) => sample.p99_ms },
    ],
  },
  {
    title: "Writes in a commit",
    unit: figure,
    lines: [{ label: "batch", color: "--line-1", value: (sample) => sample.batch }],
  },
  {
    title: "Commit",
    unit: duration,
    lines: [{ label: "time", color: "--line-1", value: (sample) => sample.commit_ms }],
  },
];

const spark_samples = 120;

function OneTile({ tile, history }: { tile: Tile; history: Sample[] }): JSX.Element {
  const shown = useMemo(() => history.slice(-spark_samples), [history]);
  const data = useMemo(
    () =>
      [
        shown.map((sample) => sample.at),
        ...tile.lines.map((line) => shown.map(line.value)),
      ] as uPlot.AlignedData,
    [shown],
  );
  const newest = shown.at(-1);
  const values = tile.lines.map((line) => {
    const value = newest ? line.value(newest) : null;
    return { line, text: value === null ? "–" : tile.unit(value) };
  });
  const label = values.map(({ line, text }) => `${tile.title}, ${line.label}: ${text}`).join("; ");
  return (
    <section class="tile">
      <h2>{tile.title}</h2>
      <p class="values">
        {values.map(({ line, text }) => (
          <span key={line.label}>
            {values.length > 1 && <small style={{ color: `var(${line.color})` }}>{line.label} </small>}
            {text}
          </span>
        ))}
      </p>
      <Chart data={data} lines={tile.lines} height={36} spark label={label} />
    </section>
  );
}

export function Tiles({ history }: { history: Sample[] }): JSX.Element {
  return (
    <div class="tiles">
      {tiles.map((tile) => (
        <OneTile key={tile.title} tile={tile} history={history} />
      ))}
    </div>
  );
}

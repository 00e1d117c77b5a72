// Reads the text format of Prometheus as far as this page needs it.

export type Metrics = Map<string, number>;

/** Values by their whole series name, labels included, of series that begin as one of `wanted`. */
export function parse_metrics(text: string, wanted: readonly string[]): Metrics {
  const metrics: Metrics = new Map();
  for (const line of text.split("\n")) {
    if (!wanted.some((start) => line.startsWith(start))) continue;
    const space = line.lastIndexOf(" ");
    metrics.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return metrics;
}

export function delta(now: Metrics, before: Metrics, series: string): number {
  return Math.max(0, (now.get(series) ?? 0) - (before.get(series) ?? 0));
}

/** What was counted between two readings of a histogram, by upper bound, each bucket for itself. */
function buckets_between(now: Metrics, before: Metrics, start: string): [number, number][] {
  const cumulative: [number, number][] = [];
  for (const series of now.keys()) {
    if (!series.startsWith(start)) continue;
    const bound = /le="([^"]+)"/.exec(series.slice(start.length - 1))?.[1] ?? "";
    const limit = bound === "+Inf" ? Infinity : Number(bound);
    cumulative.push([limit, delta(now, before, series)]);
  }
  cumulative.sort(([a], [b]) => a - b);
  return cumulative.map(([bound, count], at) => [bound, count - (cumulative[at - 1]?.[1] ?? 0)]);
}

/**
 * The quantile of what a histogram counted between two readings, linear within its bucket, and the
 * lower bound of the last bucket where it lies beyond all others; nothing where nothing was counted.
 * `start` is the series up to its `le` label, such as `x_bucket{route="/",`.
 */
export function quantile(now: Metrics, before: Metrics, start: string, share: number): number | null {
  const buckets = buckets_between(now, before, start);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total <= 0) return null;
  let left = share * total;
  let lower = 0;
  for (const [upper, count] of buckets) {
    if (left <= count && count > 0) {
      return Number.isFinite(upper) ? lower + (upper - lower) * (left / count) : lower;
    }
    left -= count;
    if (Number.isFinite(upper)) lower = upper;
  }
  return lower;
}

/** A metric by its namespace, name and dimensions. */
export interface MetricId {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

export const statistics = ['Sum', 'Maximum', 'Minimum', 'Average', 'SampleCount'] as const;
export type Statistic = (typeof statistics)[number];

interface Bucket {
  sum: number;
  count: number;
  maximum: number;
  minimum: number;
}

const minuteMs = 60_000;
/** Longer than any alarm looks back. */
const keptMinutes = 25 * 60;

/** What has been measured, minute by minute of business time; held in memory. */
export class Metrics {
  readonly #buckets = new Map<string, Map<number, Bucket>>();

  add(metric: MetricId, value: number, at: number): void {
    const key = keyOf(metric);
    const minutes = this.#buckets.get(key) ?? new Map<number, Bucket>();
    this.#buckets.set(key, minutes);
    const minute = Math.floor(at / minuteMs);
    const bucket = minutes.get(minute);
    if (bucket) {
      bucket.sum += value;
      bucket.count += 1;
      bucket.maximum = Math.max(bucket.maximum, value);
      bucket.minimum = Math.min(bucket.minimum, value);
      return;
    }
    minutes.set(minute, { sum: value, count: 1, maximum: value, minimum: value });
    for (const old of minutes.keys()) {
      if (old >= minute - keptMinutes) break;
      minutes.delete(old);
    }
  }

  /** Over the minutes from `from` on and before `to` (business ms); undefined where nothing was measured. */
  read(metric: MetricId, statistic: Statistic, from: number, to: number): number | undefined {
    const minutes = this.#buckets.get(keyOf(metric));
    if (!minutes) return undefined;
    const found: Bucket[] = [];
    for (let minute = Math.floor(from / minuteMs); minute < Math.floor(to / minuteMs); minute++) {
      const bucket = minutes.get(minute);
      if (bucket) found.push(bucket);
    }
    if (found.length === 0) return undefined;
    const sum = found.reduce((total, bucket) => total + bucket.sum, 0);
    const count = found.reduce((total, bucket) => total + bucket.count, 0);
    switch (statistic) {
      case 'Sum':
        return sum;
      case 'SampleCount':
        return count;
      case 'Average':
        return sum / count;
      case 'Maximum':
        return Math.max(...found.map(({ maximum }) => maximum));
      case 'Minimum':
        return Math.min(...found.map(({ minimum }) => minimum));
    }
  }
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}

import { type Metrics, meanOf } from './metrics.ts';
import { allInstances, hardInstances, table4 } from './published.ts';
import type { Result } from './run-instance.ts';

/** Seeds on which weights were chosen; figures on the others show whether they hold elsewhere. */
export const tunedSeeds = ['1', '3'];

export interface Summary {
  instances: number;
  violations: number;
  all: Metrics;
  tuned: Metrics | null;
  untouched: Metrics | null;
  table4: { instances: number; ctd: number; exact: number; gap: number; paperGap: number; belowPaper: number } | null;
  tick: { instance: string; p95: number; max: number };
  results: Result[];
}

export function summarise(results: Result[]): Summary {
  const tuned = results.filter(({ name }) => tunedSeeds.includes(name[0]!));
  const untouched = results.filter(({ name }) => !tunedSeeds.includes(name[0]!));
  const known = results.filter(({ name }) => table4[name]);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const ctd = mean(known.map(({ metrics }) => metrics.ctd));
  const exact = mean(known.map(({ name }) => table4[name]!.exact.ctd));
  const largest = results.reduce((a, b) => (b.metrics.orders > a.metrics.orders ? b : a));
  return {
    instances: results.length,
    violations: results.reduce((count, { violations }) => count + violations.length, 0),
    all: meanOf(results.map(({ metrics }) => metrics)),
    tuned: tuned.length > 0 ? meanOf(tuned.map(({ metrics }) => metrics)) : null,
    untouched: untouched.length > 0 ? meanOf(untouched.map(({ metrics }) => metrics)) : null,
    table4:
      known.length === 0
        ? null
        : {
            instances: known.length,
            ctd,
            exact,
            gap: ctd / exact,
            paperGap: mean(known.map(({ name }) => table4[name]!.paper.ctd)) / exact,
            belowPaper: known.filter(({ name, metrics }) => metrics.ctd < table4[name]!.paper.ctd).length,
          },
    tick: { instance: largest.name, p95: largest.tick.p95, max: largest.tick.max },
    results,
  };
}

const columns: { key: keyof Metrics; head: string; digits: number }[] = [
  { key: 'undelivered', head: 'undeliv %', digits: 3 },
  { key: 'ctd', head: 'CtD', digits: 2 },
  { key: 'ctdP90', head: 'p90', digits: 2 },
  { key: 'over', head: 'over', digits: 2 },
  { key: 'late90', head: '>90 %', digits: 2 },
  { key: 'rtp', head: 'RtP', digits: 2 },
  { key: 'rtpP90', head: 'RtP p90', digits: 2 },
  { key: 'cost', head: 'cost', digits: 2 },
  { key: 'bundle', head: 'bundle', digits: 3 },
  { key: 'drive', head: 'drive', digits: 1 },
];

/** Plain text: each figure with the published one beside it, in brackets, where there is one. */
export function asText(summary: Summary): string {
  const row = (name: string, ours: Metrics, published: Partial<Metrics> = {}) =>
    name.padEnd(24) +
    columns
      .map(({ key, digits }) => {
        const known = published[key];
        return `${ours[key].toFixed(digits)}${known === undefined ? '' : ` (${known})`}`.padStart(16);
      })
      .join('');
  const lines = [
    ' '.repeat(24) + columns.map(({ head }) => head.padStart(16)).join(''),
    ...summary.results.map(({ name, metrics }) =>
      row(name, metrics, { ...(table4[name]?.paper ?? {}), ...(hardInstances[name] ?? {}) }),
    ),
    '',
    row(`mean of ${summary.instances}`, summary.all, allInstances),
    '  in brackets: the paper; in the line of means, its means over all 240 instances of the library',
  ];
  if (summary.tuned) lines.push(row(`tuned on (seeds ${tunedSeeds.join(', ')})`, summary.tuned));
  if (summary.untouched) lines.push(row('all other seeds', summary.untouched));
  if (summary.table4) {
    const { instances, ctd, exact, gap, paperGap, belowPaper } = summary.table4;
    lines.push(
      `Table 4, ${instances} instances: CtD ${ctd.toFixed(3)}, clairvoyant optimum ${exact.toFixed(3)}, ratio ` +
        `${gap.toFixed(4)} (paper ${paperGap.toFixed(4)}), below the paper on ${belowPaper}`,
    );
  }
  const { tick } = summary;
  lines.push(`tick on ${tick.instance}: p95 ${tick.p95.toFixed(1)} ms, max ${tick.max.toFixed(1)} ms`);
  lines.push(`rule violations: ${summary.violations}`);
  for (const { name, violations } of summary.results) {
    for (const one of violations.slice(0, 5)) lines.push(`  ${name}: ${one}`);
  }
  return lines.join('\n');
}

import { describe, expect, test } from 'vitest';
import { figure, sumBelow, tableBelow } from './cost/cost-document.ts';

const units = new Map(tableBelow('## All units').map(({ unit, quantity }) => [unit, figure(quantity)]));
const invocationSeconds = 0.045;

const glances = figure(sumBelow('## What pages add')['glances for one order']);

/** Figures per order that docs/cost.md has, by what docs/scale.md says of where they are from. */
const known: [RegExp, number][] = [
  [/^`lambda.request` × 45 ms$/, units.get('lambda.request')! * invocationSeconds],
  [/^a third of `sqs.fifoRequest`$/, units.get('sqs.fifoRequest')! / 3],
  [/^write units, `orders`$/, figure(sumBelow('## Write units, line by line').orders)],
  [/^`apigateway.request`$/, units.get('apigateway.request')!],
  [/^`apigateway.request` and the glances$/, units.get('apigateway.request')! + glances],
  [/^and 45 ms for each glance$/, (units.get('lambda.request')! + glances) * invocationSeconds],
  [/^`states.transition`$/, units.get('states.transition')!],
];

const rows = tableBelow('## What binds first', 'scale.md').map((row) => ({
  what: row.what!,
  allowed: figure(row.allowed),
  perOrder: figure(row['per order']),
  perSecond: figure(row['orders/s']),
  from: row['where the figure per order is from']!,
}));

describe('docs/scale.md', () => {
  test.each(rows.map((row) => [row.what, row] as const))('%s: so many orders a second', (_, row) => {
    expect(row.perSecond / (row.allowed / row.perOrder)).toBeCloseTo(1, 2);
  });

  test('takes its figures per order from docs/cost.md', () => {
    const measured = rows.flatMap((row) => {
      const source = known.find(([from]) => from.test(row.from));
      return source ? [[row.what, row.perOrder, source[1]] as const] : [];
    });
    expect(measured.length).toBeGreaterThanOrEqual(13);
    for (const [what, said, byHand] of measured) expect(Math.abs(said / byHand - 1), what).toBeLessThan(0.01);
    const naming = rows.filter(({ from }) => /`|glance/.test(from));
    expect(naming).toHaveLength(measured.length);
  });

  test('has what binds first at the top', () => {
    const perSecond = rows.map((row) => row.perSecond);
    expect(perSecond).toEqual(perSecond.toSorted((a, b) => a - b));
  });
});

import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { UsageMeter } from '../../../local/meter/usage-meter.ts';

test('units are counted by resource, and priced by component', () => {
  const meter = new UsageMeter(new DatabaseSync(':memory:'));
  meter.count('states.transition', 11, { resource: 'Lifecycle' });
  meter.count('states.transition', 3, { resource: 'Lifecycle' });
  meter.count('lambda.request', 1_000_000, { resource: 'Ordering' });
  meter.count('lambda.gbSecond', 1_000, { resource: 'Ordering' });
  const { units, byResource, cost } = meter.usage();
  expect(units).toEqual({ 'states.transition': 14, 'lambda.request': 1_000_000, 'lambda.gbSecond': 1_000 });
  expect(byResource).toEqual({
    Lifecycle: { 'states.transition': 14 },
    Ordering: { 'lambda.request': 1_000_000, 'lambda.gbSecond': 1_000 },
  });
  expect(cost.byComponent['Step Functions']).toBeCloseTo(0.00035, 8);
  expect(cost.total).toBeCloseTo(0.00035 + 0.2 + 0.0133334, 8);
});

test('what was saved is counted on after a restart', () => {
  const database = new DatabaseSync(':memory:');
  const meter = new UsageMeter(database);
  meter.count('sqs.request', 2, { resource: 'jobs' });
  meter.save();
  const again = new UsageMeter(database);
  again.count('sqs.request', 1, { resource: 'jobs' });
  expect(again.usage().byResource).toEqual({ jobs: { 'sqs.request': 3 } });
});

test('a unit without a price is refused', () => {
  expect(() => new UsageMeter(new DatabaseSync(':memory:')).count('x.y', 1)).toThrow(/x\.y has no price/);
});

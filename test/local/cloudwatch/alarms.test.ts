import { describe, expect, test } from 'vitest';
import { SteppedClock } from '../../../local/clock.ts';
import { type AlarmDefinition, Alarms } from '../../../local/cloudwatch/alarms.ts';
import { withEmbeddedMetrics } from '../../../local/cloudwatch/embedded-metrics.ts';
import { Metrics } from '../../../local/cloudwatch/metrics.ts';

const minute = 60_000;
const startAt = Date.parse('2026-12-01T10:00:00Z');
const metric = { namespace: 'Mallway/dev', name: 'OpenOrders', dimensions: { service: 'Sweeper' } };

/** An alarm above 10, watched over minutes in which this was measured. */
async function statesOver(minutes: (number[] | null)[], definition: Partial<AlarmDefinition> = {}) {
  const clock = new SteppedClock(startAt);
  const metrics = new Metrics();
  const told: string[] = [];
  const alarms = new Alarms({
    clock,
    metrics,
    sample: () => {},
    onChange: ({ state }) => told.push(state),
    definitions: [
      {
        name: 'full',
        description: '',
        metric,
        statistic: 'Maximum',
        periodSeconds: 60,
        evaluationPeriods: 1,
        datapointsToAlarm: 1,
        threshold: 10,
        comparison: 'above',
        missingBreaches: false,
        ...definition,
      },
    ],
  });
  alarms.start();
  const states: string[] = [];
  for (const [index, values] of minutes.entries()) {
    for (const value of values ?? []) metrics.add(metric, value, startAt + index * minute);
    await clock.advanceTo(startAt + (index + 1) * minute + 10_000);
    states.push(alarms.list()[0]!.state);
  }
  return { states, told, alarm: alarms.list()[0]! };
}

describe('an alarm', () => {
  test('is on while its metric breaches, says since when, and tells each change once; that all is right at first is no news', async () => {
    const { states, told } = await statesOver([[3], [11], [12], [4]]);
    expect(states).toEqual(['OK', 'ALARM', 'ALARM', 'OK']);
    expect(told).toEqual(['ALARM', 'OK']);
    const { alarm } = await statesOver([[3], [11], [12]]);
    expect(alarm).toMatchObject({ since: '2026-12-01T10:02:00.000Z', datapoints: [12] });
  });

  test('waits for as many values as it was told, of as many', async () => {
    const { states } = await statesOver([[11], [1], [11], [1], [1]], { evaluationPeriods: 3, datapointsToAlarm: 2 });
    expect(states).toEqual(['OK', 'OK', 'ALARM', 'OK', 'OK']);
  });

  test.each([
    ['Sum', [6, 5], 'ALARM'],
    ['Average', [6, 5], 'OK'],
    ['Minimum', [6, 50], 'OK'],
    ['Maximum', [6, 50], 'ALARM'],
    ['SampleCount', [99, 99], 'OK'],
  ] as const)('goes by its statistic: %s', async (statistic, values, state) => {
    expect((await statesOver([[...values]], { statistic })).states).toEqual([state]);
  });

  test('takes silence for what it was told; of the time before it was there it knows nothing', async () => {
    expect((await statesOver([[11], null])).states).toEqual(['ALARM', 'OK']);
    const silent = { statistic: 'SampleCount', comparison: 'below', threshold: 1, missingBreaches: true } as const;
    const { states } = await statesOver([null, null, [1], null], { ...silent, periodSeconds: 120 });
    expect(states).toEqual(['INSUFFICIENT_DATA', 'ALARM', 'OK', 'OK']);
  });
});

test('a line in the embedded metric format is a metric, and stays a line', () => {
  const metrics = new Metrics();
  const lines: string[] = [];
  const sink = withEmbeddedMetrics((_, __, line) => lines.push(line), metrics);
  const _aws = {
    Timestamp: startAt,
    CloudWatchMetrics: [
      { Namespace: metric.namespace, Dimensions: [['service']], Metrics: [{ Name: metric.name, Unit: 'Count' }] },
    ],
  };
  sink('Sweeper', undefined, JSON.stringify({ _aws, service: 'Sweeper', OpenOrders: 7 }));
  sink('Sweeper', undefined, 'what it says besides');
  expect(metrics.read(metric, 'Sum', startAt, startAt + minute)).toBe(7);
  expect(metrics.read(metric, 'Sum', startAt + minute, startAt + 2 * minute)).toBeUndefined();
  expect(lines).toHaveLength(2);
});

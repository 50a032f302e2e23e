import { afterEach, expect, test, vi } from 'vitest';
import { parseInstant } from '../../lambdas/domain/time.ts';
import { emitMetrics } from '../../lambdas/metrics.ts';

afterEach(() => vi.unstubAllEnvs());

test('metrics are one line in the embedded format, at business time, with the function as their only dimension', () => {
  vi.stubEnv('METRICS_NAMESPACE', 'Mallway/dev');
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'Sweeper');
  const lines: string[] = [];
  const now = parseInstant('2026-12-01T10:00:00Z');
  emitMetrics({ OpenOrders: 3, WaitsOverdue: 0 }, now, (line) => lines.push(line));
  emitMetrics({}, now, (line) => lines.push(line));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\{"_aws":.*\}\n$/);
  expect(JSON.parse(lines[0]!)).toEqual({
    _aws: {
      Timestamp: Date.parse(now),
      CloudWatchMetrics: [
        {
          Namespace: 'Mallway/dev',
          Dimensions: [['service']],
          Metrics: [
            { Name: 'OpenOrders', Unit: 'Count' },
            { Name: 'WaitsOverdue', Unit: 'Count' },
          ],
        },
      ],
    },
    service: 'Sweeper',
    OpenOrders: 3,
    WaitsOverdue: 0,
  });
});

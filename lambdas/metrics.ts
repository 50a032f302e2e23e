import type { Instant } from './domain/time.ts';
import { epochMs } from './domain/time.ts';

/**
 * What is measured of the business, each with its unit. A metric costs $0.30 a month, so there are few, and each is
 * told by one function, its only dimension; the stage is in the namespace.
 */
const units = {
  /** Told by the sweeper each minute, of all open orders. */
  OpenOrders: 'Count',
  OrdersAwaitingDriver: 'Count',
  OrdersLateAtStores: 'Count',
  OrdersLateForDriver: 'Count',
  OrdersNeedingOperations: 'Count',
  /** Waits whose deadline passed minutes ago. */
  WaitsOverdue: 'Count',
  /** What the streams should have done, done by the sweeper. */
  WaitsResumed: 'Count',
  ExecutionsRestarted: 'Count',
  /** Orders that the sweeper could not look at, or failed on. */
  OrdersLeftBehind: 'Count',
  /** Orders with events that the operator's bus has not taken. */
  OrdersUnpublished: 'Count',
  MallsPaused: 'Count',
  /** Told at the end of each delivered order, from its events. */
  StoresConfirmSeconds: 'Seconds',
  FindDriverSeconds: 'Seconds',
  CollectSeconds: 'Seconds',
  DeliverSeconds: 'Seconds',
  OffersPerOrder: 'Count',
  /** Told when it happens. */
  GeocodingFailures: 'Count',
  /** Told by dispatch where it asks a routing service: drives paid for, and drives estimated in their place. */
  RoutesPaid: 'Count',
  RoutesEstimated: 'Count',
  /** Told by each reconciliation: orders whose records disagree, of so many. */
  Mismatches: 'Count',
  OrdersReconciled: 'Count',
} as const;

export type MetricName = keyof typeof units;
export const metricNames = Object.keys(units) as MetricName[];

/**
 * Writes one line in CloudWatch's embedded metric format, from which it makes metrics without a request. Counts and
 * durations only: nothing in it says whose.
 *
 * Source: "Specification: Embedded metric format", Amazon CloudWatch User Guide.
 */
export function emitMetrics(
  values: Partial<Record<MetricName, number>>,
  now: Instant,
  write: (line: string) => unknown = (line) => process.stdout.write(line),
): void {
  const names = Object.keys(values) as MetricName[];
  if (names.length === 0) return;
  const metrics = names.map((name) => ({ Name: name, Unit: units[name] }));
  const { METRICS_NAMESPACE: namespace = 'Mallway', POWERTOOLS_SERVICE_NAME: service = 'Mallway' } = process.env;
  write(
    `${JSON.stringify({
      _aws: {
        Timestamp: epochMs(now),
        CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [['service']], Metrics: metrics }],
      },
      service,
      ...values,
    })}\n`,
  );
}

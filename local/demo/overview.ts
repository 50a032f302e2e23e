import { type Punctuality, withinP90Percent } from '../actors/told-times.ts';
import type { MallDocument } from '../pilot/mall-document.ts';
import { isOpen, nextOpening } from './opening-hours.ts';
import type { FollowedOrder } from './order-feed.ts';

/** What the front page shows of one order. Instants are ISO 8601. */
export interface OverviewOrder {
  orderId: string;
  mallId: string;
  mallName: string;
  zone: string;
  status: string;
  stores: { name: string; status: string }[];
  driverName: string | null;
  promiseBy: string;
  placedAt: string;
  endedAt: string | null;
  trackingUrl: string;
  executionUrl: string;
  waitingFor: { text: string; until: string }[];
}

export interface Cost {
  orders: number;
  perDeliveredOrderUsd: number;
  byComponent: Record<string, number>;
}

export interface OverviewInput {
  now: number;
  speed: number;
  malls: MallDocument[];
  orders: FollowedOrder[];
  /** Of orders that have ended, by status. */
  ended: Record<string, number>;
  /** Of doors that were reached since the process began. */
  told: Punctuality;
  /** Metered since the data folder began. */
  spentUsd: Record<string, number>;
  executionUrl: (executionName: string) => string;
  /** The states in which an execution waits; the name of each is a sentence. `until` in business ms. */
  waiting: (executionName: string) => { state: string; until: number | null }[];
}

const shownOrders = 60;

/** Everything the front page needs, in one answer. */
export function overviewOf(input: OverviewInput) {
  const { now, speed, malls, orders, ended } = input;
  return {
    now: iso(now),
    speed,
    malls: malls.map(({ mall }) => {
      const open = isOpen(mall, now);
      const opensAt = open ? null : nextOpening(mall, now);
      return {
        id: mall.id,
        name: mall.name,
        zone: mall.zone,
        open,
        ...(opensAt !== null && { opensAt: iso(opensAt) }),
      };
    }),
    counts: {
      open: orders.filter(({ summary }) => !summary.ended).length,
      delivered: ended.delivered ?? 0,
      returned: ended.returned ?? 0,
      cancelled: ended.cancelled ?? 0,
      failed: ended.failed ?? 0,
    },
    eta: input.told.doors === 0 ? null : { doors: input.told.doors, withinP90Percent: withinP90Percent(input.told)! },
    cost: costOf(input),
    orders: orders.slice(0, shownOrders).map((order) => orderOf(order, input)),
  };
}

/** What was metered, divided by the orders that were delivered. */
function costOf({ ended, spentUsd }: OverviewInput): Cost | null {
  const orders = ended.delivered ?? 0;
  if (orders === 0) return null;
  const byComponent = Object.fromEntries(Object.entries(spentUsd).map(([name, usd]) => [name, usd / orders]));
  const perDeliveredOrderUsd = Object.values(byComponent).reduce((sum, usd) => sum + usd, 0);
  return { orders, perDeliveredOrderUsd, byComponent };
}

function orderOf({ summary, trackingUrl, endedAt }: FollowedOrder, input: OverviewInput): OverviewOrder {
  const document = input.malls.find(({ mall }) => mall.id === summary.mallId);
  const driver = document?.drivers.find(({ id }) => id === summary.driverId);
  const waits = summary.ended ? [] : input.waiting(summary.executionName);
  return {
    orderId: summary.orderId,
    mallId: summary.mallId,
    mallName: document?.mall.name ?? summary.mallId,
    zone: summary.zone,
    status: summary.status,
    stores: summary.pickups.map(({ storeName, status }) => ({ name: storeName, status })),
    driverName: driver?.name ?? null,
    promiseBy: summary.promiseBy,
    placedAt: summary.placedAt,
    endedAt,
    trackingUrl: trackingUrl ?? '',
    executionUrl: input.executionUrl(summary.executionName),
    waitingFor: waits.flatMap(({ state, until }) => (until === null ? [] : [{ text: state, until: iso(until) }])),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

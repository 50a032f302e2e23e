/** GET /demo/overview */
export interface Overview {
  now: string;
  speed: number;
  malls: OverviewMall[];
  counts: { open: number; delivered: number; returned: number; cancelled: number; failed: number };
  /** Of doors reached: those by the time that a driver was told would be exceeded one time in ten. */
  eta: null | { doors: number; withinP90Percent: number };
  cost: null | { orders: number; perDeliveredOrderUsd: number; byComponent: Record<string, number> };
  orders: OverviewOrder[];
}

export interface OverviewMall {
  id: string;
  name: string;
  zone: string;
  open: boolean;
  opensAt?: string | undefined;
}

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

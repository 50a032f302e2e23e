import { ApiClient } from '../../../local/actors/api-client.ts';
import type { Pickup, Run, RunStop } from '../../../local/actors/api-types.ts';

export interface Recorded {
  method: string;
  path: string;
  body: Record<string, unknown>;
  key: string | null;
}

type Answer = { status?: number; body: unknown };
type Handler = (request: Recorded) => Answer | undefined;

/** Answers as a handler says; an unexpected request fails the test. */
export function fakeApi(handler: Handler): { client: ApiClient; requests: Recorded[]; acts: () => string[] } {
  const requests: Recorded[] = [];
  const fetchFake = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = {
      method: init?.method ?? 'GET',
      path: String(url).replace('http://api', ''),
      body: init?.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {},
      key: new Headers(init?.headers).get('idempotency-key'),
    };
    requests.push(request);
    const answer = handler(request);
    if (!answer) throw new Error(`Unexpected ${request.method} ${request.path}`);
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 });
  };
  let key = 0;
  const client = new ApiClient({
    baseUrl: 'http://api',
    credential: async () => 'token',
    fetch: fetchFake,
    newKey: () => `key-${++key}`,
    pause: async () => {},
  });
  const acts = () => requests.filter(({ method }) => method === 'POST').map(({ path }) => path);
  return { client, requests, acts };
}

export function pickup(overrides: Partial<Pickup> = {}): Pickup {
  return {
    orderId: 'ord_1',
    storeId: 's1',
    status: 'pending',
    placedAt: '2026-11-23T19:00:00.000Z',
    readyAt: '2026-11-23T19:10:00.000Z',
    confirmBy: '2026-11-23T19:10:00.000Z',
    promiseBy: '2026-11-23T21:00:00.000Z',
    closesAt: '2026-11-24T03:00:00.000Z',
    lines: [
      { id: 'line_1', sku: 'A', name: 'A', quantity: 1, unitPriceCents: 100 },
      { id: 'line_2', sku: 'B', name: 'B', quantity: 1, unitPriceCents: 200 },
    ],
    missingLineIds: [],
    parcels: [],
    driver: null,
    stopped: false,
    returning: false,
    ...overrides,
  };
}

/** A mall with one driver in it: stops move as the driver acts, in the order stores, doors, returns. */
export class FakeStreet {
  shift: object | null = null;
  openOfferId: string | null = 'off_1';
  stops: RunStop[];
  accepted = false;

  constructor(stops: RunStop[]) {
    this.stops = stops;
  }

  readonly handle: Handler = ({ method, path, body }) => {
    const isOpen = (stop: RunStop) => ['pending', 'departed', 'arrived'].includes(stop.status);
    const open = this.stops.filter(isOpen);
    if (path === '/v1/driver') {
      const activeRunId = this.accepted && open.length > 0 ? 'run_1' : null;
      return { body: { id: 'd1', vehicle: 'car', shift: this.shift, openOfferId: this.openOfferId, activeRunId } };
    }
    if (path === '/v1/driver/positions') return { body: { accepted: 1 } };
    if (path.startsWith('/v1/driver/shift/')) {
      this.shift = path.endsWith('/start') ? {} : null;
      return { body: { shift: this.shift } };
    }
    if (path === '/v1/driver/offers') {
      const expiresAt = '2026-11-23T19:01:00.000Z';
      return { body: { data: this.openOfferId ? [{ id: 'off_1', version: 3, expiresAt }] : [] } };
    }
    if (path.startsWith('/v1/driver/offers/off_1/')) {
      this.openOfferId = null;
      this.accepted = path.endsWith('/accept') && body.version === 3;
      return { body: {} };
    }
    if (path === '/v1/driver/run') {
      const kind = open[0]?.kind;
      const nextStopIds = open.filter((stop) => stop.kind === kind).map(({ id }) => id);
      const run: Partial<Run> = { id: 'run_1', code: '4321', stops: this.stops, nextStopIds, mall: null };
      return { body: { run } };
    }
    if (path === '/v1/driver/proofs') {
      return { body: { photoKey: 'proofs/d1/1', uploadUrl: 'http://upload/1', contentType: 'image/png' } };
    }
    const [, stopId, act] = /^\/v1\/driver\/run\/stops\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const stop = this.stops.find(({ id }) => id === stopId);
    if (method !== 'POST' || !stop) return;
    if (act === 'depart') stop.status = 'departed';
    if (act === 'arrive') stop.status = 'arrived';
    if (act === 'scan') stop.scannedLabels.push(String(body.label));
    if (act === 'complete') stop.status = 'done';
    if (act === 'fail') stop.status = 'failed';
    return { body: { run: {}, orders: [] } };
  };
}

export function stop(id: string, kind: RunStop['kind'], overrides: Partial<RunStop> = {}): RunStop {
  const position = kind === 'dropoff' ? ([-111.87, 33.31] as const) : ([-111.8986, 33.3013] as const);
  return {
    id,
    kind,
    orderIds: ['ord_1'],
    status: 'pending',
    scannedLabels: [],
    parcels: [{ orderId: 'ord_1', id: 'pcl_1', label: 'MW-1', storeId: 's1' }],
    ...(kind === 'dropoff'
      ? { door: { name: 'Kay', address: '1 Road', position, promiseBy: '2026-11-23T21:00:00Z', proof: 'photo' } }
      : { storeId: 's1', store: { id: 's1', name: 'One', position } }),
    ...(kind === 'pickup' && { pickups: [{ orderId: 'ord_1', status: 'ready', readyAt: '2026-11-23T19:10:00Z' }] }),
    ...overrides,
  };
}

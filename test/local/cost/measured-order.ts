import type { Stage } from '../../../local/scenario/stage.ts';

/** Units by name. */
export type Units = Record<string, number>;

type ByResource = Record<string, Units>;

export interface MeasuredOrder {
  /** What the order used. */
  units: Units;
  byResource: ByResource;
  /** What the same minutes use without an order. */
  idle: Units;
  status: string;
}

interface Stop {
  id: string;
  kind: 'pickup' | 'dropoff' | 'return';
  status: string;
  parcels: { label: string }[];
}

interface RunOf {
  run: { stops: Stop[] } | null;
}

const minutes = 30;
const pauseMs = 60_000;

/**
 * Plays one order of three stores, from the basket to the door, with the requests that it cannot do without, and
 * measures what it used. Time is stepped, and everything has settled before the next act: what a request sets off never
 * meets what the next one does, so that the figures are the same on every machine.
 *
 * Left out of the figures: what the minutes cost without an order, and the glances at what is open (the driver's offers,
 * the state of the run), which a page repeats as often as it likes.
 */
export async function measureOrder(stage: Stage): Promise<MeasuredOrder> {
  // A new token for every request: the authoriser remembers one for a minute, and people act minutes apart.
  const as = (subject: string) => stage.person(subject);
  const driverId = stage.mall.drivers[0]!.id;
  const stores = [0, 1, 2].map((index) => stage.storeId(index));
  const usage = async () => (await stage.control<{ byResource: ByResource }>('GET', '/meter')).byResource;
  const glances: ByResource[] = [];
  const glance = async <T>(path: string): Promise<T> => {
    await stage.pass(0);
    const before = await usage();
    const answer = await as(driverId).get<T>(path);
    glances.push(difference(before, await usage()));
    return answer;
  };
  const act = async <T>(work: () => Promise<T>, afterSeconds = 20): Promise<T> => {
    const answer = await work();
    await stage.pass(afterSeconds * 1000);
    return answer;
  };
  /** The planner holds an order back until a driver would not have to wait at the counters. */
  const offered = async () => {
    for (;;) {
      const { data } = await glance<{ data: { id: string; version: number }[] }>('/v1/driver/offers');
      if (data[0]) return data[0];
      await stage.pass(30_000);
    }
  };
  const report = () => ({
    positions: [{ at: new Date(stage.now).toISOString(), position: stage.mall.mall.position }],
  });

  await as(driverId).post('/v1/driver/positions', report());
  await act(() => as(driverId).post('/v1/driver/shift/start'));

  // The hourly reconciliation is not of these minutes: it comes between them.
  await stage.pass(minutes * 60_000 - pauseMs);
  const beforeIdle = await usage();
  await stage.pass(minutes * 60_000);
  const idle = difference(beforeIdle, await usage());
  await stage.pass(pauseMs);

  const before = await usage();
  const startedAt = stage.now;
  await act(() => as(driverId).post('/v1/driver/positions', report()));
  const order = await act(() => stage.place(stage.basket([0, 1, 2])));
  for (const id of stores) await act(() => as(id).post(`/v1/stores/${id}/pickups/${order.id}/accept`));
  const offer = await offered();
  await act(() => as(driverId).post(`/v1/driver/offers/${offer.id}/accept`, { version: offer.version }));
  for (const [index, id] of stores.entries()) {
    await act(() =>
      as(id).post(`/v1/stores/${id}/pickups/${order.id}/ready`, { parcels: [{ label: `PARCEL-${index}` }] }),
    );
  }
  for (;;) {
    const { run } = await glance<RunOf>('/v1/driver/run');
    const stop = run?.stops.find(({ status }) => ['pending', 'departed', 'arrived'].includes(status));
    if (!stop) break;
    const path = `/v1/driver/run/stops/${stop.id}`;
    const labels = stop.parcels.map(({ label }) => label);
    await act(() => as(driverId).post(`${path}/arrive`, {}), 60);
    await act(async () =>
      as(driverId).post(
        `${path}/complete`,
        stop.kind === 'pickup' ? { labels } : { labels, proof: await photograph(as(driverId), stop.id) },
      ),
    );
  }
  await stage.pass(startedAt + minutes * 60_000 - stage.now);
  const used = difference(before, await usage());
  const { status } = await stage.channel.order(order.id);
  const byResource = [idle, ...glances].reduce((rest, part) => difference(part, rest), used);
  return { byResource, units: total(byResource), idle: total(idle), status };
}

async function photograph(driver: ReturnType<Stage['person']>, stopId: string): Promise<object> {
  const link = await driver.post<{ photoKey: string; uploadUrl: string }>('/v1/driver/proofs', {
    contentType: 'image/jpeg',
    stopId,
  });
  const { ok, status } = await fetch(link.uploadUrl, {
    method: 'PUT',
    headers: { 'content-type': 'image/jpeg' },
    body: 'a picture of a door',
  });
  if (!ok) throw new Error(`The picture was not taken: ${status}.`);
  return { kind: 'photo', photoKey: link.photoKey };
}

/** What `after` has above `before`. */
function difference(before: ByResource, after: ByResource): ByResource {
  const more: ByResource = {};
  for (const resource of new Set([...Object.keys(before), ...Object.keys(after)])) {
    for (const unit of new Set([...Object.keys(before[resource] ?? {}), ...Object.keys(after[resource] ?? {})])) {
      const quantity = (after[resource]?.[unit] ?? 0) - (before[resource]?.[unit] ?? 0);
      if (quantity !== 0) more[resource] = { ...more[resource], [unit]: quantity };
    }
  }
  return more;
}

function total(byResource: ByResource): Units {
  const units: Units = {};
  for (const its of Object.values(byResource)) {
    for (const [unit, quantity] of Object.entries(its)) units[unit] = (units[unit] ?? 0) + quantity;
  }
  return units;
}

import { type ApiClient, ApiProblem } from '../actors/api-client.ts';
import type { Offer, Run } from '../actors/api-types.ts';
import { putPhoto } from '../actors/door.ts';
import { doorPhoto } from '../actors/photo.ts';
import type { Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';

const minute = 60_000;

interface ProofUpload {
  photoKey: string;
  uploadUrl: string;
}

/** A phone without a connection from the counter to the door, and a tablet without one: each keeps what it saw. */
async function bothOffline(stage: Stage, taken: (packed: string[]) => string[]): Promise<string> {
  stage.openStores({ 0: () => ({ parcelPerLine: true }) });
  const { id } = await stage.place(stage.basket([0], {}, 2));
  const phone = stage.person(stage.mall.drivers[0]!.id);
  await stage.until('ready', id, 60, ({ pickups }) => pickups[0]!.status === 'ready');
  const run = await acceptedRun(stage, phone);
  const counter = run.stops.find(({ kind }) => kind === 'pickup')!;
  const packed = counter.parcels.map(({ label }) => label);
  const kept = keptActs(stage, id, counter.id, packed, taken(packed));
  const handedOverAt = new Date(stage.now + 3 * minute).toISOString();
  await stage.pass(45 * minute);

  const store = stage.storeId(0);
  await stage.person(store).post(`/v1/stores/${store}/pickups/${id}/hand-over`, {
    runCode: run.code,
    labels: packed,
    occurredAt: handedOverAt,
  });
  const contentType = 'image/png';
  const asked = { contentType, stopId: `dropoff-${id}` };
  const { photoKey, uploadUrl } = await phone.post<ProofUpload>('/v1/driver/proofs', asked);
  const acts = kept(photoKey);
  for (const { path, body } of acts.slice(0, -1)) await phone.post(path, body);
  const { path: last, body: proof } = acts.at(-1)!;
  await stage.expectRefusal('proof_not_uploaded', () => phone.post(last, proof));
  await putPhoto(uploadUrl, contentType, doorPhoto(1));
  await phone.post(last, proof);
  return id;
}

async function acceptedRun(stage: Stage, phone: ApiClient): Promise<Run> {
  await phone.post('/v1/driver/shift/start');
  for (let tries = 0; tries < 60; tries++) {
    const [offer] = (await phone.get<{ data: Offer[] }>('/v1/driver/offers')).data;
    if (offer) {
      await phone.post(`/v1/driver/offers/${offer.id}/accept`, { version: offer.version });
      return (await phone.get<{ run: Run }>('/v1/driver/run')).run;
    }
    await stage.pass(minute / 2);
  }
  throw new ApiProblem(404, { detail: 'There was no offer within half an hour.', code: 'no_offer' }, 'The offer');
}

/** The phone's acts with their times, in their order; the photo gets its key once there is a connection. */
function keptActs(stage: Stage, orderId: string, counter: string, packed: string[], labels: string[]) {
  const begun = stage.now;
  const done = (stop: string, act: string, minutes: number, body: object = {}) => ({
    path: `/v1/driver/run/stops/${stop}/${act}`,
    body: { ...body, occurredAt: new Date(begun + minutes * minute).toISOString() },
  });
  const door = `dropoff-${orderId}`;
  return (photoKey: string) => [
    done(counter, 'arrive', 2),
    done(counter, 'complete', 3, { labels, leaveMissing: labels.length < packed.length }),
    done(door, 'depart', 4),
    done(door, 'arrive', 18),
    done(door, 'complete', 20, { labels, proof: { kind: 'photo', photoKey } }),
  ];
}

export const counterScenarios: Scenario[] = [
  {
    name: 'offline-hand-over',
    about: 'Store and driver are offline at the counter; their records come an hour later, and agree.',
    play: async (stage) => {
      const id = await bothOffline(stage, (packed) => packed);
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'delivered' && !order.partial, `it was ${order.status}`);
      const [handOver] = (await stage.operations.inspect(id)).handOvers;
      for (const record of [handOver?.store, handOver?.driver]) {
        stage.expect(record !== undefined && record !== null, 'a record is missing');
        stage.expect(record!.occurredAt < record!.recordedAt, 'a record has lost the time at which it was made');
      }
      stage.expect(handOver?.mismatchSince === undefined, 'records that agree are a mismatch');
      const waiting = await stage.operations.waiting();
      stage.expect(!waiting.some(({ orderId }) => orderId === id), 'it waits for somebody to look');
    },
  },
  {
    name: 'offline-hand-over-differs',
    about: 'The store says two parcels, the driver one: delivered as the driver says, and operations settle it.',
    play: async (stage) => {
      const id = await bothOffline(stage, (packed) => packed.slice(0, 1));
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'delivered' && order.partial, `it was ${order.status}`);
      const row = (await stage.operations.waiting()).find(({ orderId }) => orderId === id);
      stage.expect(row?.reason === 'hand_over_mismatch', `operations see ${row?.reason ?? 'nothing'}`);
      const [handOver] = (await stage.operations.inspect(id)).handOvers;
      const counts = [handOver?.store?.labels.length, handOver?.driver?.labels.length];
      stage.expect(counts.join() === '2,1', `the records name ${counts.join(' and ')} parcels`);
      await stage.operations.resolve(id, 'settle_hand_over');
      const left = await stage.operations.waiting();
      stage.expect(!left.some(({ orderId }) => orderId === id), 'it still waits after it was settled');
    },
  },
];

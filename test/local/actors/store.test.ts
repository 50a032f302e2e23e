import { describe, expect, it } from 'vitest';
import type { Pickup } from '../../../local/actors/api-types.ts';
import { Dice } from '../../../local/actors/dice.ts';
import { Routine } from '../../../local/actors/routine.ts';
import { type PickupPlan, StoreActor, steadyStore } from '../../../local/actors/store.ts';
import { SteppedClock } from '../../../local/clock.ts';
import { fakeApi, pickup } from './fake-api.ts';

const placedAt = Date.parse('2026-11-23T19:00:00.000Z');
const minute = 60_000;

function storeWith(first: Pickup, wishes: Partial<PickupPlan> = {}, refuse: string[] = []) {
  const clock = new SteppedClock(placedAt);
  let current = first;
  const moves: Record<string, string> = { accept: 'accepted', reject: 'rejected', delay: 'delayed', ready: 'ready' };
  const api = fakeApi(({ method, path, body }) => {
    if (method === 'GET') return { body: { data: [current], nextCursor: null } };
    const act = path.split('/').at(-1)!;
    if (refuse.includes(act)) return { status: 409, body: { code: 'transition_not_allowed', detail: 'no' } };
    current = { ...current, status: moves[act] ?? current.status, stopped: false };
    if (typeof body.readyAt === 'string') current.readyAt = body.readyAt;
    return { body: current };
  });
  const store = new StoreActor({
    storeId: 's1',
    client: api.client,
    clock,
    dice: new Dice('1'),
    habits: steadyStore,
    wishes: () => ({ parcelPerLine: false, ...wishes }),
  });
  const routine = new Routine({ clock, actor: store });
  routine.wake();
  return { ...api, clock, store, set: (next: Pickup) => (current = next) };
}

describe('a store', () => {
  it('accepts at once and is ready when it said it would be', async () => {
    const { clock, acts, requests } = storeWith(pickup());
    await clock.advanceBy(9 * minute);
    expect(acts()).toEqual(['/v1/stores/s1/pickups/ord_1/accept']);
    await clock.advanceBy(2 * minute);
    expect(acts().at(-1)).toBe('/v1/stores/s1/pickups/ord_1/ready');
    const ready = requests.find(({ path }) => path.endsWith('/ready'))!.body;
    expect(ready.parcels).toEqual([{ label: expect.stringMatching(/^MW-\d{7}$/) }]);
    expect(acts()).toHaveLength(2);
  });

  it('rejects with a reason, and does nothing more', async () => {
    const { clock, requests } = storeWith(pickup(), { answer: 'reject', rejectReason: 'out_of_stock' });
    await clock.advanceBy(30 * minute);
    const acts = requests.filter(({ method }) => method === 'POST');
    expect(acts.map(({ body }) => body)).toEqual([{ reason: 'out_of_stock' }]);
  });

  it('lets a pickup expire', async () => {
    const { clock, acts } = storeWith(pickup(), { answer: 'ignore' });
    await clock.advanceBy(30 * minute);
    expect(acts()).toEqual([]);
  });

  it('says that it will be later, and is ready then', async () => {
    const { clock, acts, requests } = storeWith(pickup(), { delayAt: placedAt + 5 * minute, delayMinutes: 8 });
    await clock.advanceBy(17 * minute);
    expect(acts().map((path) => path.split('/').at(-1))).toEqual(['accept', 'delay']);
    expect(requests.find(({ path }) => path.endsWith('/delay'))!.body.readyAt).toBe('2026-11-23T19:18:00.000Z');
    await clock.advanceBy(2 * minute);
    expect(acts().at(-1)).toMatch(/ready$/);
  });

  it('names the missing line, and puts every other in exactly one parcel', async () => {
    const three = pickup();
    three.lines.push({ id: 'line_3', sku: 'C', name: 'C', quantity: 1, unitPriceCents: 300 });
    const { clock, requests } = storeWith(three, { missingLineIds: ['line_2'], parcelPerLine: true });
    await clock.advanceBy(11 * minute);
    expect(requests.find(({ path }) => path.endsWith('/ready'))!.body).toMatchObject({
      missingLineIds: ['line_2'],
      parcels: [{ lineIds: ['line_1'] }, { lineIds: ['line_3'] }],
    });
  });

  it('sees STOP and acknowledges', async () => {
    const { clock, acts } = storeWith(pickup({ status: 'cancelled', stopped: true }));
    await clock.advanceBy(minute);
    expect(acts()).toEqual(['/v1/stores/s1/pickups/ord_1/acknowledge-stop']);
  });

  it('takes a refusal as what was decided meanwhile', async () => {
    const { clock, acts, set } = storeWith(pickup(), {}, ['accept']);
    await clock.advanceBy(minute);
    expect(acts().length).toBeGreaterThan(0);
    set(pickup({ status: 'expired' }));
    const before = acts().length;
    await clock.advanceBy(10 * minute);
    expect(acts()).toHaveLength(before);
  });
});

describe('a routine', () => {
  const actor = (next: () => number | null) => {
    const at: number[] = [];
    const clock = new SteppedClock(0);
    const step = async () => {
      at.push(clock.now());
      return next();
    };
    return { clock, at, actor: { id: 'a', step } };
  };

  it('polls every half minute of business time', async () => {
    const { clock, at, actor: one } = actor(() => null);
    new Routine({ clock, actor: one }).wake();
    await clock.advanceBy(90_000);
    expect(at).toEqual([0, 30_000, 60_000, 90_000]);
  });

  it('acts when the actor said, and when woken', async () => {
    const { clock, at, actor: one } = actor(() => 5_000);
    const routine = new Routine({ clock, actor: one, pollMs: 600_000 });
    routine.wake();
    await clock.advanceBy(4_000);
    routine.wake();
    await clock.advanceBy(500);
    expect(at).toEqual([0, 4_000]);
    await clock.advanceBy(500);
    expect(at).toEqual([0, 4_000, 5_000]);
  });

  it('leaves an actor alone that a person plays', async () => {
    const { clock, at, actor: one } = actor(() => null);
    let isPaused = true;
    new Routine({ clock, actor: one, isPaused: () => isPaused }).wake();
    await clock.advanceBy(60_000);
    expect(at).toEqual([]);
    isPaused = false;
    await clock.advanceBy(30_000);
    expect(at).toEqual([90_000]);
  });

  it('goes on after an error, and ends when told', async () => {
    const errors: unknown[] = [];
    const clock = new SteppedClock(0);
    const routine = new Routine({
      clock,
      actor: { id: 'a', step: () => Promise.reject(new Error('down')) },
      onError: (_, error) => errors.push(error),
    });
    routine.wake();
    await clock.advanceBy(60_000);
    await routine.stop();
    await clock.advanceBy(60_000);
    expect(errors).toHaveLength(3);
  });
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EventBridgeBus, type PutEventsAnswer } from '../../lambdas/adapters/event-bridge-bus.ts';
import type { PublicEvent } from '../../lambdas/domain/events.ts';
import { SteppedClock } from '../../local/clock.ts';
import { type BusEvent, EventBuses } from '../../local/events/event-bus.ts';
import { countingMeter, type ServiceServer, serve } from '../local/service-server.ts';

const example = {
  orderId: 'ord_1',
  type: 'order.settled',
  version: 1,
  occurredAt: '2026-12-01T18:00:00.500Z',
  recordedAt: '2026-12-01T18:00:00.500Z',
  mallId: 'mall-1',
  channelId: 'channel-1',
  snapshot: { status: 'delivered', partial: false, pickups: [], parcels: [] },
};
function events(count: number, data: object = {}): PublicEvent[] {
  return Array.from(
    { length: count },
    (_, index) => ({ ...example, id: `ord_1:${index + 1}`, sequence: index + 1, data }) as unknown as PublicEvent,
  );
}
const sequences = (refused: readonly PublicEvent[]) => refused.map(({ sequence }) => sequence);

/** A bus behind a service that answers one entry at a time as `take` says; 'gone' answers nothing at all. */
function busThat(take: (sequence: number, call: number) => 'taken' | 'refused' | 'gone') {
  const calls: number[][] = [];
  const bytes: number[] = [];
  const waits: number[] = [];
  let now = 1;
  const bus = new EventBridgeBus('orders', {
    put: async (entries): Promise<PutEventsAnswer> => {
      const its = entries.map(({ Detail }) => (JSON.parse(Detail) as PublicEvent).sequence);
      calls.push(its);
      bytes.push(Buffer.byteLength(JSON.stringify(entries)));
      const outcomes = its.map((sequence) => take(sequence, calls.length));
      if (outcomes.includes('gone')) throw new Error('nobody there');
      return {
        FailedEntryCount: outcomes.filter((outcome) => outcome === 'refused').length,
        Entries: outcomes.map((outcome) =>
          outcome === 'taken' ? { EventId: 'e' } : { ErrorCode: 'ThrottlingException' },
        ),
      };
    },
    wait: async (ms) => void waits.push(ms),
    clock: () => now,
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { bus, calls, bytes, waits, pass };
}

describe('events', () => {
  test('go ten in a call', async () => {
    const { bus, calls } = busThat(() => 'taken');
    expect(await bus.publish(events(23))).toEqual([]);
    expect(calls.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(calls.flat()).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
  });

  test('of much data go in calls of 256 KB at most', async () => {
    const { bus, calls } = busThat(() => 'taken');
    expect(await bus.publish(events(7, { reason: 'x'.repeat(100_000) }))).toEqual([]);
    expect(calls.map(({ length }) => length)).toEqual([2, 2, 2, 1]);
  });

  test('that were not taken are sent again, and only these', async () => {
    const { bus, calls, waits } = busThat((sequence, call) => (sequence % 2 === 0 && call < 3 ? 'refused' : 'taken'));
    expect(await bus.publish(events(5))).toEqual([]);
    expect(calls).toEqual([
      [1, 2, 3, 4, 5],
      [2, 4],
      [2, 4],
    ]);
    expect(waits).toEqual([100, 200]);
  });

  test('that are never taken are the answer, and do not keep the next call from being made', async () => {
    const { bus, calls } = busThat((sequence) => (sequence === 3 ? 'refused' : 'taken'));
    expect(sequences(await bus.publish(events(12)))).toEqual([3]);
    expect(calls.at(-1)).toEqual([11, 12]);
  });

  test('are not even tried for a while after nobody answered', async () => {
    const { bus, calls, pass } = busThat(() => 'gone');
    expect(sequences(await bus.publish(events(12)))).toEqual(sequences(events(12)));
    expect(calls.length).toBe(3);
    expect(sequences(await bus.publish(events(1)))).toEqual([1]);
    expect(calls.length).toBe(3);
    pass(5_001);
    await bus.publish(events(1));
    expect(calls.length).toBe(6);
  });
});

describe('on the wire', () => {
  const clock = new SteppedClock(0);
  const meter = countingMeter();
  const seen: [string, BusEvent][] = [];
  let server: ServiceServer;
  let authorization: string | undefined;

  beforeEach(async () => {
    const buses = new EventBuses({ names: ['orders'], clock, meter, newId: () => 'event-1' });
    buses.observe((bus, event) => seen.push([bus, event]));
    server = await serve((request) => {
      authorization = request.headers.authorization;
      return buses.handler(request);
    });
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${server.port}`);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.close();
  });

  test('the call is signed for the service, and the event is as rules see it', async () => {
    expect(await new EventBridgeBus('orders').publish(events(1))).toEqual([]);
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/us-east-1\/events\/aws4_request, /);
    expect(seen).toEqual([
      [
        'orders',
        {
          version: '0',
          id: 'event-1',
          'detail-type': 'order.settled',
          source: 'mallway.orders',
          account: '000000000000',
          time: '2026-12-01T18:00:00Z',
          region: 'us-east-1',
          resources: ['ord_1'],
          detail: events(1)[0],
        },
      ],
    ]);
    expect(meter.counts).toEqual({ 'events.custom': 1 });
  });

  test('a bus that is not there takes nothing', async () => {
    const bus = new EventBridgeBus('other', { wait: async () => {} });
    expect(sequences(await bus.publish(events(2)))).toEqual([1, 2]);
  });
});

import { describe, expect, it } from 'vitest';
import { ToldTimes, withinP90Percent } from '../../../local/actors/told-times.ts';

const at = (minute: number) => new Date(minute * 60_000).toISOString();

/** The phone of a driver reads the run: `p90` by order, in minutes. */
function reads(told: ToldTimes, driver: string, p90: Record<string, number>, isCollecting: boolean): void {
  const doors = Object.entries(p90).map(([id, minute]) => ({
    kind: 'dropoff',
    orderIds: [id],
    status: 'pending',
    eta: { p50: at(minute - 5), p90: at(minute) },
  }));
  const counter = { kind: 'pickup', orderIds: Object.keys(p90), status: isCollecting ? 'departed' : 'done' };
  const body = { run: { stops: [counter, ...doors] } };
  told.see({ actor: driver, method: 'GET', path: '/v1/driver/run', status: 200, body }, 0);
}

function arrives(told: ToldTimes, driver: string, orderId: string, minute: number, status = 200): void {
  const path = `/v1/driver/run/stops/dropoff-${orderId}/arrive`;
  told.see({ actor: driver, method: 'POST', path, status, body: {} }, minute * 60_000);
}

describe('what drivers were told of their doors', () => {
  it('is held against when they were there: what was told first, as they took the run and as they left', () => {
    const told = new ToldTimes();
    reads(told, 'd1', { a: 30, b: 40 }, true);
    reads(told, 'd1', { a: 35, b: 50 }, true);
    reads(told, 'd1', { a: 33, b: 36 }, false);
    reads(told, 'd1', { a: 60, b: 60 }, false);
    arrives(told, 'd1', 'a', 32);
    arrives(told, 'd1', 'b', 39);
    expect(told.punctuality).toEqual({ taken: { doors: 2, withinP90: 1 }, left: { doors: 2, withinP90: 1 } });
  });

  it('counts a door once, for the driver who was there, and none that nobody was told of', () => {
    const told = new ToldTimes();
    reads(told, 'd1', { a: 30 }, true);
    reads(told, 'd2', { a: 50 }, true);
    arrives(told, 'd2', 'a', 45, 409);
    arrives(told, 'd2', 'a', 45);
    arrives(told, 'd2', 'a', 46);
    arrives(told, 'd3', 'c', 46);
    told.see({ actor: 'd1', method: 'GET', path: '/v1/driver/run', status: 200, body: { run: null } }, 0);
    expect(told.punctuality).toEqual({ taken: { doors: 1, withinP90: 1 }, left: { doors: 0, withinP90: 0 } });
  });

  it('is a tenth of a percent, and nothing of no doors', () => {
    expect(withinP90Percent({ doors: 7, withinP90: 6 })).toBe(85.7);
    expect(withinP90Percent({ doors: 0, withinP90: 0 })).toBeNull();
  });
});

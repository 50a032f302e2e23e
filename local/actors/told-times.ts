import type { Exchange } from './api-client.ts';
import type { Run } from './api-types.ts';

/** Of doors that were reached: how many by the time that would be exceeded one time in ten (p90). */
export interface Punctuality {
  doors: number;
  withinP90: number;
}

/** When a driver's phone was first told of a door: as the run was taken, and as it left the mall with everything. */
export const tellings = ['taken', 'left'] as const;
export type Telling = (typeof tellings)[number];

const runPath = '/v1/driver/run';
const arrivalPath = /^\/v1\/driver\/run\/stops\/dropoff-(.+)\/arrive$/;

/**
 * Holds what drivers were told of their doors against when they were there. It reads along with what their phones ask
 * anyway, so it costs nothing and changes nothing.
 */
export class ToldTimes {
  /** By driver and order: the p90 of each telling, in business ms. */
  readonly #told = new Map<string, Partial<Record<Telling, number>>>();
  readonly #kept: Record<Telling, Punctuality> = {
    taken: { doors: 0, withinP90: 0 },
    left: { doors: 0, withinP90: 0 },
  };

  /** An answer that came at `now`. */
  see(
    { actor, method, path, status, body }: Pick<Exchange, 'actor' | 'method' | 'path' | 'status' | 'body'>,
    now: number,
  ): void {
    if (status !== 200) return;
    if (method === 'GET' && path === runPath) this.#hear(actor, (body as { run: Run | null }).run);
    const orderId = method === 'POST' && arrivalPath.exec(path)?.[1];
    if (orderId) this.#arrive(`${actor} ${orderId}`, now);
  }

  get punctuality(): Readonly<Record<Telling, Punctuality>> {
    return this.#kept;
  }

  #hear(driverId: string, run: Run | null): void {
    const isCollecting = run?.stops.some(({ kind, status }) => kind === 'pickup' && isOpen(status));
    const telling: Telling = isCollecting ? 'taken' : 'left';
    for (const { kind, orderIds, eta } of run?.stops ?? []) {
      if (kind !== 'dropoff' || !eta) continue;
      const key = `${driverId} ${orderIds[0]}`;
      this.#told.set(key, { [telling]: Date.parse(eta.p90), ...this.#told.get(key) });
    }
  }

  #arrive(key: string, now: number): void {
    const told = this.#told.get(key) ?? {};
    this.#told.delete(key);
    for (const telling of tellings) {
      const p90 = told[telling];
      if (p90 === undefined) continue;
      this.#kept[telling].doors += 1;
      if (now <= p90) this.#kept[telling].withinP90 += 1;
    }
  }
}

/** To a tenth of a percent; null of no doors. */
export function withinP90Percent({ doors, withinP90 }: Punctuality): number | null {
  return doors === 0 ? null : Math.round((1000 * withinP90) / doors) / 10;
}

function isOpen(status: string): boolean {
  return ['pending', 'departed', 'arrived'].includes(status);
}

import { type Routes, RoutesUnavailable } from '../application/ports.ts';
import type { Position } from '../domain/position.ts';
import type { Instant } from '../domain/time.ts';
import type { Drive } from '../domain/travel.ts';

/** How one drives, for all that is known of it; null where no road leads. */
export type Streets = (from: Position, to: Position) => Drive | null;

/** The twin of the routing service for tests: it counts what would be paid for, and fails when told to. */
export class MemoryRoutes implements Routes {
  /** Each request: from where, and to how many places. */
  readonly asked: { from: Position; destinations: number; departAt: Instant }[] = [];
  /** As long as it is set, nobody answers. */
  failsWith: Error | null = null;
  readonly #streets: Streets;

  constructor(streets: Streets) {
    this.#streets = streets;
  }

  get paidFor(): number {
    return this.asked.reduce((sum, { destinations }) => sum + destinations, 0);
  }

  async drives(from: Position, to: readonly Position[], departAt: Instant): Promise<(Drive | null)[]> {
    this.asked.push({ from, destinations: to.length, departAt });
    if (this.failsWith) throw new RoutesUnavailable(this.failsWith);
    return to.map((place) => this.#streets(from, place));
  }
}

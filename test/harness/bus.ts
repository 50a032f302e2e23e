import type { EventBus } from '../../lambdas/application/ports.ts';
import type { PublicEvent } from '../../lambdas/domain/events.ts';
import type { Faults } from './faults.ts';

/** The operator's bus, which remembers what reached it. */
export class Bus implements EventBus {
  /** Sequences of events by order. */
  readonly taken = new Map<string, Set<number>>();
  readonly #faults: Faults;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  async publish(events: readonly PublicEvent[]): Promise<readonly PublicEvent[]> {
    await this.#faults.point();
    const refused = events.filter(() => this.#faults.strikes('busRefuses'));
    for (const event of events) if (!refused.includes(event)) this.#take(event);
    await this.#faults.point();
    return this.#faults.strikes('busTwice') ? events : refused;
  }

  #take({ orderId, sequence }: PublicEvent): void {
    this.taken.set(orderId, (this.taken.get(orderId) ?? new Set()).add(sequence));
  }
}

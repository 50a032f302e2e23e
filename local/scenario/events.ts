import type { BusEvent } from '../events/event-bus.ts';
import type { Scenario } from './scenarios.ts';

interface Detail {
  id: string;
  orderId: string;
  sequence: number;
}

export const eventScenarios: Scenario[] = [
  {
    name: 'events-on-the-bus',
    about: "Whatever happens to an order is on the operator's own bus as well, with nothing personal.",
    play: async (stage) => {
      const seen: BusEvent[] = [];
      stage.cloud.buses.observe((_, event) => seen.push(event));
      stage.openStores();
      stage.sendDriver(0);
      const basket = stage.basket([0, 1, 2], { externalId: 'A-1047', doorProof: 'pin' });
      const { id } = await stage.place(basket);
      await stage.untilEnded(id);
      await stage.pass(60_000);
      const told = await stage.channel.events(id);
      const details = seen.map(({ detail }) => detail as Detail);
      const ids = new Set(details.map((detail) => detail.id));
      const missing = told.filter(({ sequence }) => !ids.has(`${id}:${sequence}`));
      stage.expect(missing.length === 0, `${missing.map(({ type }) => type).join(', ')} are not on the bus`);
      stage.expect(ids.size === told.length, `${ids.size} events are on the bus, of ${told.length}`);
      const { name, phone, address } = basket.dropoff;
      const text = JSON.stringify(seen);
      for (const personal of [name, phone, address]) {
        stage.expect(!text.includes(personal), `${personal} is on the bus`);
      }
      const billed = stage.cloud.meter.usage().units['events.custom'] ?? 0;
      stage.expect(billed === seen.length, `${billed} events were metered, of ${seen.length}`);
    },
  },
];

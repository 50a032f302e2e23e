import { ApiProblem } from '../actors/api-client.ts';
import type { LonLat } from '../actors/travel.ts';
import type { Scenario } from './scenarios.ts';

interface Candidate {
  address: { label: string };
  position: LonLat;
}

/** Of two houses, in the north and in the south of one street. */
const incomplete = '640 Country Club Way, Chandler';

export const addressScenarios: Scenario[] = [
  {
    name: 'ambiguous-address',
    about: 'An address may mean two houses: the channel chooses one, and a search is paid for once.',
    play: async (stage) => {
      stage.openStores();
      stage.sendDriver(0);
      const basket = stage.basket([0]);
      const to = (address: string, position?: LonLat) => ({
        ...basket,
        dropoff: { ...basket.dropoff, address, ...(position && { position }) },
      });
      const searches = () => stage.cloud.meter.usage().units['geo.storedGeocode'] ?? 0;

      const problem = await stage.channel.place(to(incomplete)).catch((error: unknown) => error);
      if (!(problem instanceof ApiProblem)) throw problem;
      const candidates = (problem.body.candidates ?? []) as Candidate[];
      stage.expect(problem.code === 'address_ambiguous', `it was refused with ${problem.code}`);
      stage.expect(candidates.length === 2, `there were ${candidates.length} candidates`);
      await stage.expectRefusal('address_not_found', () => stage.channel.place(to('1 Rue de Rivoli, Paris')));
      await stage.expectRefusal('outside_delivery_area', () =>
        stage.channel.place(to('1455 W Orchid Ln, Chandler', [-115.17, 36.13])),
      );
      stage.expect(searches() === 2, `${searches()} searches were paid for, not 2`);

      const south = candidates.find(({ address }) => address.label.includes(' S '))!;
      const { id } = await stage.place(to(incomplete, south.position));
      const order = await stage.untilEnded(id);
      stage.expect(order.status === 'delivered', `it was ${order.status}`);

      await stage.channel.place(basket, 'once');
      await stage.channel.place(basket, 'once');
      stage.expect(searches() === 3, `${searches()} searches were paid for, not 3`);
    },
  },
];

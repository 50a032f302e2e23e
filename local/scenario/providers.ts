import type { ApiClient } from '../actors/api-client.ts';
import type { Order } from '../actors/api-types.ts';
import type { OpeningHours } from '../pilot/mall-document.ts';
import type { Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';

/** A day on which every insurance still holds, as scenarios are played. */
const insuredUntil = '2027-06-30';
const insurances = ['commercial_auto', 'workers_compensation', 'cargo_liability'];

const operationsOf = (stage: Stage) => stage.person(stage.operations.id);

/** The retailer of the first store says who may carry for it. */
function prefer(operations: ApiClient, stage: Stage, inOrder: string[]): Promise<unknown> {
  const { id, name } = stage.mall.retailers[0]!;
  return operations.put(`/v1/retailers/${id}`, { name, providers: { inOrder, fallbackAfterMinutes: 10 } });
}

/** The second driver of the mall drives for somebody else than the operator. */
function employ(operations: ApiClient, stage: Stage, providerId: string, more: object): Promise<unknown> {
  const { id, name } = stage.mall.drivers[1]!;
  return operations.put(`/v1/drivers/${id}`, { name, mallId: stage.mall.mall.id, providerId, ...more });
}

async function passedFor(stage: Stage, { id }: Order): Promise<string[]> {
  const events = await stage.channel.events(id);
  const passed = events.flatMap(({ data }) => (data.passed ?? []) as { providerId: string; why: string }[]);
  return passed.map(({ providerId, why }) => `${providerId} ${why}`);
}

export const providerScenarios: Scenario[] = [
  {
    name: 'provider-fallback',
    about:
      'The retailer wants a partner that has nobody on shift: the gig driver takes it. What needs a van waits for one.',
    play: async (stage) => {
      const operations = operationsOf(stage);
      const { id: mallId, zone, hours } = stage.mall.mall;
      await operations.put('/v1/providers/vans-inc', {
        kind: 'delivery_partner',
        name: 'Vans Inc.',
        zone,
        vehicles: ['van'],
        mallIds: [mallId],
        hours,
        insurances: insurances.map((kind) => ({ kind, expiresOn: insuredUntil })),
      });
      await employ(operations, stage, 'vans-inc', { vehicle: 'van', trainedOn: '2026-11-02' });
      await prefer(operations, stage, ['vans-inc', 'gig']);
      stage.openStores();
      stage.sendDriver(0);
      const plain = await stage.untilEnded((await stage.place(stage.basket([0]))).id);
      stage.expect(plain.status === 'delivered', `it was ${plain.status}`);
      stage.expect(plain.driverId === stage.mall.drivers[0]!.id && !plain.providerId, `${plain.driverId} carried it`);
      const passed = await passedFor(stage, plain);
      stage.expect(passed.join() === 'vans-inc nobody_on_shift', `passed were ${passed}`);

      const { id } = await stage.place(stage.basket([0], { vehicle: 'van' }));
      await stage.until('packed', id, 60, ({ pickups }) => pickups.every(({ status }) => status === 'ready'));
      await stage.pass(5 * 60_000);
      const { held } = await stage.operations.inspect(id);
      const reasons = (held?.passed ?? []).map(({ providerId, why }) => `${providerId} ${why}`);
      stage.expect(
        reasons.join() === 'vans-inc nobody_on_shift,gig no_such_vehicle',
        `it waits for ${held?.why}: ${reasons}`,
      );
      stage.sendDriver(1);
      const large = await stage.untilEnded(id);
      stage.expect(large.status === 'delivered' && large.providerId === 'vans-inc', `${large.driverId} carried it`);
      const fee = large.ledger.find(({ kind }) => kind === 'fee');
      stage.expect(fee?.providerId === 'vans-inc', 'the fee does not say who carried');
    },
  },
  {
    name: 'hub-store',
    about: 'A local store delivers within its radius and on the days of its calendar; on others the gig driver does.',
    play: async (stage) => {
      const operations = operationsOf(stage);
      const { zone, position, hours } = stage.mall.mall;
      const applyHub = (calendar: OpeningHours, radiusMetres: number) =>
        operations.put('/v1/providers/corner-bikes', {
          kind: 'hub_store',
          name: 'Corner Bikes',
          zone,
          vehicles: ['car'],
          position,
          radiusMetres,
          calendar,
        });
      const tuesday = '2026-12-01';
      await applyHub({ ...hours, exceptions: { [tuesday]: null } }, 16_093);
      await employ(operations, stage, 'corner-bikes', { vehicle: 'car' });
      await prefer(operations, stage, ['corner-bikes', 'gig']);
      stage.openStores();
      stage.sendDriver(0);
      stage.sendDriver(1);
      const closed = await stage.untilEnded((await stage.place(stage.basket([0]))).id);
      stage.expect(closed.status === 'delivered' && !closed.providerId, `${closed.driverId} carried it on a day off`);
      const passed = await passedFor(stage, closed);
      stage.expect(passed.join() === 'corner-bikes closed', `passed were ${passed}`);

      await applyHub(hours, 16_093);
      const near = await stage.untilEnded((await stage.place(stage.basket([0]))).id);
      stage.expect(near.status === 'delivered' && near.providerId === 'corner-bikes', `${near.driverId} carried it`);

      await applyHub(hours, 100);
      await prefer(operations, stage, ['corner-bikes']);
      await stage.expectRefusal('no_provider', () => stage.channel.place(stage.basket([0])));
    },
  },
];

import type { FaultState } from '../faults/faults.ts';
import { faultClasses } from '../faults/plan.ts';
import type { Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';

const seed = 20261201;

export const faultScenarios: Scenario[] = [
  {
    name: 'faults',
    about: 'Services, functions and streams fail all the time: five orders of different fates all come to their end.',
    play: async (stage) => {
      await stage.control('PUT', '/faults', { seed });
      await playFiveFates(stage);
      const { injected } = await stage.control<FaultState>('DELETE', '/faults');
      const missing = faultClasses.filter((fault) => !injected[fault]);
      stage.expect(missing.length === 0, `of these faults there was none: ${missing.join(', ')}`);
    },
  },
];

/** Two deliveries, a store that rejects, a store that never gets ready, and a cancellation. */
export async function playFiveFates(stage: Stage): Promise<void> {
  stage.openStores({
    1: () => ({ answer: 'reject', rejectReason: 'too_busy' }),
    2: () => ({ readyAt: Number.POSITIVE_INFINITY }),
  });
  stage.sendDriver(0);
  stage.sendDriver(1);
  const cancelled = await stage.place(stage.basket([0]));
  const orders = [
    await stage.place(stage.basket([0])),
    await stage.place(stage.basket([0], { doorProof: 'pin' })),
    await stage.place(stage.basket([0, 1])),
    await stage.place(stage.basket([0, 2])),
  ];
  await stage.channel.cancel(cancelled.id);
  for (const { id } of [cancelled, ...orders]) await stage.untilEnded(id, 12 * 60);
}

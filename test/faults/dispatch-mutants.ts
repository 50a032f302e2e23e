import { type Mutant, unguarded } from './mutants.ts';

/** Known bugs of the loop around the planner: each has to break an invariant within a few hundred rounds. */
export const dispatchMutants: readonly Mutant[] = [
  {
    name: 'an offer is committed whatever became of its orders',
    changes: unguarded.orders,
    caughtBy: 'dense sequences | one offer | one driver',
  },
  {
    name: 'an offer is committed whatever became of its driver',
    changes: unguarded.fleet,
    caughtBy: 'dense sequences | one offer | one driver',
    from: 300,
  },
  {
    name: 'an offer that expires keeps its orders',
    changes: [
      {
        where: 'lambdas/domain/decide-fleet.ts',
        was: `  for (const orderId of offer.orderIds)
    draft.command(orderId, { type: 'withdraw_offer'`,
        becomes: `  for (const orderId of status === 'expired' ? [] : offer.orderIds)
    draft.command(orderId, { type: 'withdraw_offer'`,
      },
    ],
    caughtBy: 'one offer',
  },
  {
    name: 'an offer expires that has been answered',
    changes: [
      {
        where: 'lambdas/domain/decide-fleet.ts',
        was: "const refusal = status === 'declined' ? refuseAnswer(offer, now) : refuseClosed(offer);",
        becomes: "const refusal = status === 'declined' ? refuseAnswer(offer, now) : undefined;",
      },
    ],
    caughtBy: 'one answer',
  },
  {
    name: 'a driver who has gone is offered a run',
    changes: [
      {
        where: 'lambdas/domain/decide-fleet.ts',
        was: "driver?.status !== 'active' || !driver.shift || driver.openOfferId",
        becomes: "driver?.status !== 'active' || driver.openOfferId",
      },
    ],
    caughtBy: 'no surprises',
    from: 150,
  },
  {
    name: 'the sweep wakes no planner',
    changes: [
      {
        where: 'lambdas/application/sweep.ts',
        was: 'for (const mallId of wanting) {',
        becomes: 'for (const mallId of [...wanting].slice(0, 0)) {',
      },
    ],
    caughtBy: 'none forgotten',
  },
  {
    name: 'the sweep leaves an offer whose end was not told',
    changes: [
      {
        where: 'lambdas/application/sweep.ts',
        was: 'for (const pk of new Set(due.keys.map((key) => key.pk))) {',
        becomes: 'for (const pk of new Set(due.keys.slice(0, 0).map((key) => key.pk))) {',
      },
    ],
    caughtBy: 'none forgotten',
  },
];

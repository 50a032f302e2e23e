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
    from: 400,
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
        was: "const refusal = status === 'declined' ? refuseAnswer(offer, driver, now) : refuseClosed(offer, driver);",
        becomes: "const refusal = status === 'declined' ? refuseAnswer(offer, driver, now) : undefined;",
      },
    ],
    caughtBy: 'one answer',
  },
  {
    name: 'a driver who has gone is offered a run',
    changes: [
      {
        where: 'lambdas/domain/decide-fleet.ts',
        was: "status === 'active' && shift !== null && !openOfferId",
        becomes: "status === 'active' && shift !== undefined && !openOfferId",
      },
    ],
    caughtBy: 'no surprises',
    from: 290,
  },
  {
    name: 'of several who answer an offer the last one is written',
    changes: [
      {
        where: 'lambdas/application/act.ts',
        was: 'item: item(next), ifVersion: guard(now.version) }',
        becomes: "item: item(next), ifVersion: 'expiresAt' in next ? 'any' : guard(now.version) }",
      },
      {
        where: 'lambdas/application/act.ts',
        was: "item: fleetEventItem(event, by), ifVersion: 'absent' }",
        becomes: "item: fleetEventItem(event, by), ifVersion: event.subject.kind === 'offer' ? 'any' : 'absent' }",
      },
    ],
    caughtBy: 'dense sequences | one offer | one answer',
    from: 200,
  },
  {
    name: 'whoever was not quick enough keeps the offer',
    changes: [
      {
        where: 'lambdas/domain/decide-fleet.ts',
        was: 'for (const one of [driver, ...draft.rivals]) if (one.openOfferId === offer.id) one.openOfferId = null;',
        becomes: 'driver.openOfferId = null;',
      },
    ],
    caughtBy: 'one offer',
  },
  {
    name: 'one of several declines for all',
    changes: [
      {
        where: 'lambdas/domain/decide-fleet.ts',
        was: "if (status === 'declined' && askedOf(offer).length > 1) {",
        becomes: "if (status === 'declined' && askedOf(offer).length > 9) {",
      },
    ],
    caughtBy: 'one offer',
  },
  {
    name: 'an offer to several lapses for the first alone',
    changes: [
      {
        where: 'lambdas/domain/decide-fleet.ts',
        was: "for (const one of status === 'declined' ? [driver] : [driver, ...draft.rivals]) passOn(",
        becomes: 'for (const one of [driver]) passOn(',
      },
    ],
    caughtBy: 'one offer',
  },
  {
    name: 'an offer to several is withdrawn from the first alone',
    changes: [
      {
        where: 'lambdas/domain/revise-offer.ts',
        was: 'for (const driver of [draft.driver, draft.other?.driver, ...draft.rivals]) {',
        becomes: 'for (const driver of [draft.driver, draft.other?.driver]) {',
      },
    ],
    caughtBy: 'one offer',
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
  {
    name: 'an order is offered to whoever is there',
    changes: [
      {
        where: 'lambdas/domain/mall-snapshot.ts',
        was: 'providerOf(driver) !== turns[order.id]!.providerId ||',
        becomes: '',
      },
      {
        where: 'lambdas/domain/decide-carriage.ts',
        was: 'if (order.providers && !order.providers.inOrder.includes(providerId ?? gigId)) {',
        becomes: 'if (order.providers && false) {',
      },
    ],
    caughtBy: 'who may carry',
  },
  {
    name: 'whoever had their turn is never asked again',
    changes: [
      {
        where: 'lambdas/domain/provider-turn.ts',
        was: 'const able = standings.filter(({ obstacle }) => obstacle === null);',
        becomes: 'const able = standings.filter(({ obstacle, isFresh }) => obstacle === null && isFresh);',
      },
    ],
    caughtBy: 'none forgotten',
    from: 100,
  },
];

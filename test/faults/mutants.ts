/** A change of one text of one source file. */
export interface Change {
  readonly where: string;
  readonly was: string;
  readonly becomes: string;
}

/** One known bug. */
export interface Mutant {
  readonly name: string;
  readonly changes: readonly Change[];
  /** The invariant that must break; one of several where it is a matter of chance which is first. */
  readonly caughtBy: string;
  /** The seed of a day on which it once was caught, where that was not the first: the hunt begins there. */
  readonly from?: number;
}

/** Whatever became of what was read, it is written: the races of both harnesses have to notice. */
export const unguarded: Record<'orders' | 'fleet', readonly Change[]> = {
  orders: [
    {
      where: 'lambdas/application/act.ts',
      was: 'item: orderItem(next), ifVersion: guard(order.version) }',
      becomes: "item: orderItem(next), ifVersion: 'any' }",
    },
    {
      where: 'lambdas/application/act.ts',
      was: "item: orderEventItem(event, by), ifVersion: 'absent' }",
      becomes: "item: orderEventItem(event, by), ifVersion: 'any' }",
    },
  ],
  fleet: [
    {
      where: 'lambdas/application/act.ts',
      was: 'item: item(next), ifVersion: guard(now.version) }',
      becomes: "item: item(next), ifVersion: 'any' }",
    },
    {
      where: 'lambdas/application/act.ts',
      was: "item: fleetEventItem(event, by), ifVersion: 'absent' }",
      becomes: "item: fleetEventItem(event, by), ifVersion: 'any' }",
    },
  ],
};

export const mutants: readonly Mutant[] = [
  {
    name: 'orders are written over each other',
    changes: unguarded.orders,
    caughtBy: 'dense sequences | one offer | one driver',
  },
  {
    name: 'offers, runs and drivers are written over each other',
    changes: unguarded.fleet,
    caughtBy: 'dense sequences | one offer | one driver',
    from: 23,
  },
  {
    name: 'a commit that was refused counts as done',
    changes: [
      {
        where: 'lambdas/application/act.ts',
        was: 'if (!(error instanceof CommitRefused) || attempt === attempts) throw error;',
        becomes: `if (error instanceof CommitRefused) return { ...reply, replayed: false };
      throw error;`,
      },
    ],
    caughtBy: 'orders taken',
  },
  {
    name: 'a request that is repeated is not recognised',
    changes: [
      {
        where: 'lambdas/application/act.ts',
        was: 'const kept = request && (await database.get(idempotencyKey(request)));',
        becomes: 'const kept: Item | null = null as Item | null;',
      },
    ],
    caughtBy: 'no surprises',
  },
  {
    name: 'a request that is repeated acts again',
    changes: [
      {
        where: 'lambdas/application/act.ts',
        was: 'const kept = request && (await database.get(idempotencyKey(request)));',
        becomes: 'const kept: Item | null = null as Item | null;',
      },
      {
        where: 'lambdas/application/act.ts',
        was: "ifVersion: stale?.version ?? 'absent',",
        becomes: "ifVersion: 'any',",
      },
    ],
    caughtBy: 'orders taken',
  },
  {
    name: 'a wait is not deleted once it is complete',
    changes: [
      {
        where: 'lambdas/application/resume.ts',
        was: "if: { attribute: 'token', equals: token } },",
        becomes: "if: { attribute: 'token', equals: 'another' } },",
      },
    ],
    caughtBy: 'executions agree',
  },
  {
    name: 'a wait that was entered again fails the resumer',
    changes: [
      {
        where: 'lambdas/application/resume.ts',
        was: "if ((error as Error).name !== 'CommitRefused') throw error;",
        becomes: 'throw error;',
      },
    ],
    caughtBy: 'no surprises',
  },
  {
    name: 'a wait is complete without reading the order again',
    changes: [
      {
        where: 'lambdas/application/lifecycle.ts',
        was: "?? { outcome: 'not_due', deadlines: deadlines(order) }",
        becomes: "?? { outcome: 'ended', deadlines: deadlines(order) }",
      },
    ],
    caughtBy: 'no surprises',
    from: 44,
  },
  {
    name: 'an execution is started with another name',
    changes: [
      {
        where: 'lambdas/adapters/step-functions-workflow.ts',
        was: 'name: executionName(order),',
        becomes: "name: executionName(order).concat('-v', String(order.version)),",
      },
    ],
    caughtBy: 'executions agree',
  },
  {
    name: 'a token that is used up is an error',
    changes: [
      {
        where: 'lambdas/adapters/step-functions-workflow.ts',
        was: "new Set(['TaskTimedOut', 'TaskDoesNotExist'])",
        becomes: 'new Set<string>()',
      },
    ],
    caughtBy: 'no surprises',
  },
  {
    name: 'an execution that exists is an error',
    changes: [
      {
        where: 'lambdas/adapters/step-functions-workflow.ts',
        was: "if ((error as Error).name === 'ExecutionAlreadyExists') return 'closed';",
        becomes: '',
      },
    ],
    caughtBy: 'no surprises',
  },
  {
    name: 'a superseded execution goes on',
    changes: [
      {
        where: 'lambdas/domain/waits.ts',
        was: "generation < order.workflowGeneration ? 'superseded' : hasEnded",
        becomes: 'hasEnded',
      },
    ],
    caughtBy: 'executions agree',
    from: 57,
  },
  {
    name: 'the sweep looks at no order',
    changes: [
      {
        where: 'lambdas/application/sweep.ts',
        was: 'outcome.open = open.length;',
        becomes: 'open.length = 0;',
      },
    ],
    caughtBy: 'every order over',
  },
  {
    name: 'the sweep does not restart what has closed',
    changes: [
      {
        where: 'lambdas/application/sweep.ts',
        was: "if (execution === 'closed' && (await restart(ports, order, now))) outcome.restarted.push(order.id);",
        becomes: '',
      },
    ],
    caughtBy: 'every order over',
  },
  {
    name: 'the sweep starts no execution',
    changes: [
      {
        where: 'lambdas/application/resume.ts',
        was: "(await workflow.start(order)) === 'running' ? 'runs' : 'closed'",
        becomes: "'runs'",
      },
    ],
    caughtBy: 'every order over',
  },
  {
    name: 'a cursor moves before its events are handed on',
    changes: [
      {
        where: 'lambdas/application/relay.ts',
        was: `  const aside =
    table === 'orders'`,
        becomes: `  const first = dataOf<OrderEvent | FleetEvent>(items.at(-1)!).sequence;
  await database.commit([{ kind: 'put', table: 'requests', item: { pk: key.pk, sk: key.sk, sequence: first, version: (cursor?.version ?? 0) + 1 }, ifVersion: 'any' }]);
  const aside =
    table === 'orders'`,
      },
    ],
    caughtBy: 'events published',
  },
  {
    name: 'what the bus did not take is forgotten',
    changes: [
      {
        where: 'lambdas/application/publication.ts',
        was: 'if (refused.length === 0) return [];',
        becomes: 'if (refused.length >= 0) return [];',
      },
    ],
    caughtBy: 'events published',
  },
  {
    name: 'the cursor passes over an event',
    changes: [
      {
        where: 'lambdas/application/relay.ts',
        was: 'after: eventSortKey(after) }',
        becomes: 'after: eventSortKey(after && after + 1) }',
      },
    ],
    caughtBy: 'events published',
  },
  {
    name: 'an answered offer stays with its driver',
    changes: [
      {
        where: 'lambdas/domain/decide-fleet.ts',
        was: 'if (driver.openOfferId === offer.id) driver.openOfferId = null;',
        becomes: '',
      },
    ],
    caughtBy: 'one offer',
  },
  {
    name: 'an order that leaves stays in its offer',
    changes: [
      {
        where: 'lambdas/domain/revise-offer.ts',
        was: `if (offer?.status !== 'open') return;
  const staying`,
        becomes: `if (offer?.status !== 'withdrawn') return;
  const staying`,
      },
    ],
    caughtBy: 'one offer',
    from: 1,
  },
  {
    name: 'an order that is on offer is offered again',
    changes: [
      {
        where: 'lambdas/domain/decide-carriage.ts',
        was: 'if (!wantsDriver(order) || order.offerId) return',
        becomes: 'if (!wantsDriver(order)) return',
      },
    ],
    caughtBy: 'one offer',
  },
  {
    name: 'a driver is not free after the run',
    changes: [
      {
        where: 'lambdas/domain/revise-run.ts',
        was: 'if (driver?.activeRunId === run.id) driver.activeRunId = null;',
        becomes: '',
      },
    ],
    caughtBy: 'one driver',
  },
  {
    name: 'a return is lost',
    changes: [
      {
        where: 'lambdas/domain/revise-run.ts',
        was: "if (!needed.get(id)?.orderIds.includes(order.id)) add('return', parcel.storeId, order.id, parcel.storeId);",
        becomes: '',
      },
    ],
    caughtBy: 'every order over',
  },
  {
    name: 'a parcel on board does not keep a run open',
    changes: [
      {
        where: 'lambdas/domain/revise-run.ts',
        was: '&& !waitsForDecision) completeRun',
        becomes: '&& true) completeRun',
      },
    ],
    caughtBy: 'one driver',
  },
  {
    name: 'a parcel left at its store is not accounted for',
    changes: [
      {
        where: 'lambdas/domain/order-draft.ts',
        was: 'if (isPickupClosed(status)) this.#leaveParcelsAtStore(pickup);',
        becomes: '',
      },
    ],
    caughtBy: 'no surprises | one driver | parcels conserved | every parcel ended',
  },
  {
    name: 'an order settles twice',
    changes: [
      {
        where: 'lambdas/domain/decide-oversight.ts',
        was: 'order.ledger = settlementOf(order, now);',
        becomes: 'order.ledger = [...order.ledger, ...settlementOf(order, now), ...settlementOf(order, now)];',
      },
    ],
    caughtBy: 'money once',
  },
  {
    name: 'a line that was not delivered is not refunded',
    changes: [
      {
        where: 'lambdas/domain/settlement.ts',
        was: 'pickup.lines.map((line): LedgerEntry => {',
        becomes: 'pickup.lines.filter((line) => delivered.has(line.id)).map((line): LedgerEntry => {',
      },
    ],
    caughtBy: 'money once',
  },
  {
    name: 'a stop is paid twice',
    changes: [
      {
        where: 'lambdas/domain/revise-run.ts',
        was: "  draft.emitOf('run', run, status === 'done' ? 'run.stop_done'",
        becomes: `  bookStop(run, stop, draft.now);
  draft.emitOf('run', run, status === 'done' ? 'run.stop_done'`,
      },
    ],
    caughtBy: 'money once',
  },
  {
    name: 'each stop pays for the way',
    changes: [
      {
        where: 'lambdas/domain/pay.ts',
        was: "if (wayCents > 0 && !run.pay.some((line) => line.kind === 'distance')) book(",
        becomes: 'if (wayCents > 0) book(',
      },
    ],
    caughtBy: 'money once',
  },
  {
    name: 'who gave parcels to another is not free',
    changes: [
      {
        where: 'lambdas/domain/situation.ts',
        was: 'if (this.other) reviseRun(this, this.other);',
        becomes: '',
      },
    ],
    caughtBy: 'no run open | one hand-over',
  },
  {
    name: 'parcels change hands and the order stays with who gave them',
    changes: [
      {
        where: 'lambdas/domain/driver-hand-over.ts',
        was: 'order.carriage = { ...to, assignedAt: now };',
        becomes: '',
      },
    ],
    caughtBy: 'parcels conserved | one driver',
    from: 32,
  },
  {
    name: 'who was to come is not told that nothing is to be taken over',
    changes: [
      {
        where: 'lambdas/domain/order-draft.ts',
        was: "if (status !== 'held') this.withdrawHandOver(status);",
        becomes: '',
      },
    ],
    caughtBy: 'one hand-over',
  },
  {
    name: 'parcels change hands without a word',
    changes: [
      {
        where: 'lambdas/domain/driver-hand-over.ts',
        was: "draft.emit('custody.handed_over', {",
        becomes: "draft.emit('custody.kept', {",
      },
    ],
    caughtBy: 'custody told',
  },
  {
    name: 'a decision does not count its event',
    changes: [
      {
        where: 'lambdas/domain/order-draft.ts',
        was: 'this.order.sequence += 1;',
        becomes: 'this.order.sequence += this.events.length === 2 ? 2 : 1;',
      },
    ],
    caughtBy: 'dense sequences',
  },
  {
    name: 'settling is forgotten',
    changes: [
      {
        where: 'lambdas/domain/decide-oversight.ts',
        was: 'order.settledAt = now;',
        becomes: '',
      },
    ],
    caughtBy: 'every order over',
  },
];

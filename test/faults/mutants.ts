/** One known bug: a text of one source file, and what stands there instead. */
export interface Mutant {
  readonly name: string;
  readonly where: string;
  readonly was: string;
  readonly becomes: string;
  /** The invariant of test/harness/invariants.ts that must break. */
  readonly caughtBy: string;
}

const application = 'lambdas/application';
const domain = 'lambdas/domain';

export const mutants: readonly Mutant[] = [
  {
    name: 'a wait is deleted and its token never sent',
    where: `${application}/resume.ts`,
    was: 'if (result) await workflow.complete(token, result);',
    becomes: 'if (result) void 0;',
    caughtBy: 'executions agree',
  },
  {
    name: 'a wait is not deleted once it is complete',
    where: `${application}/resume.ts`,
    was: "if: { attribute: 'token', equals: token } },",
    becomes: "if: { attribute: 'token', equals: 'another' } },",
    caughtBy: 'executions agree',
  },
  {
    name: 'a wait that was entered again fails the resumer',
    where: `${application}/resume.ts`,
    was: "if ((error as Error).name !== 'CommitRefused') throw error;",
    becomes: 'throw error;',
    caughtBy: 'no surprises',
  },
  {
    name: 'a wait is complete without reading the order again',
    where: `${application}/lifecycle.ts`,
    was: "?? { outcome: 'not_due', deadlines: deadlines(order) }",
    becomes: "?? { outcome: 'ended', deadlines: deadlines(order) }",
    caughtBy: 'no surprises',
  },
  {
    name: 'an execution is started with another name',
    where: 'lambdas/adapters/step-functions-workflow.ts',
    was: 'name: executionName(order),',
    becomes: "name: executionName(order).concat('-v', String(order.version)),",
    caughtBy: 'executions agree',
  },
  {
    name: 'a token that is used up is an error',
    where: 'lambdas/adapters/step-functions-workflow.ts',
    was: "new Set(['TaskTimedOut', 'TaskDoesNotExist'])",
    becomes: 'new Set<string>()',
    caughtBy: 'no surprises',
  },
  {
    name: 'an execution that exists is an error',
    where: 'lambdas/adapters/step-functions-workflow.ts',
    was: "if ((error as Error).name === 'ExecutionAlreadyExists') return 'closed';",
    becomes: '',
    caughtBy: 'no surprises',
  },
  {
    name: 'a declined offer stays with its driver',
    where: `${domain}/decide-fleet.ts`,
    was: 'if (driver.openOfferId === offer.id) driver.openOfferId = null;',
    becomes: '',
    caughtBy: 'one offer',
  },
  {
    name: 'a driver is not free after the run',
    where: `${domain}/revise-run.ts`,
    was: 'if (draft.driver?.activeRunId === run.id) draft.driver.activeRunId = null;',
    becomes: '',
    caughtBy: 'one driver',
  },
  {
    name: 'a return is lost',
    where: `${domain}/revise-run.ts`,
    was: "if (!needed.get(id)?.orderIds.includes(order.id)) add('return', parcel.storeId, order.id, parcel.storeId);",
    becomes: '',
    caughtBy: 'every order over',
  },
  {
    name: 'an order settles twice',
    where: `${domain}/decide-oversight.ts`,
    was: 'order.ledger = settlementOf(order, now);',
    becomes: 'order.ledger = [...order.ledger, ...settlementOf(order, now), ...settlementOf(order, now)];',
    caughtBy: 'money once',
  },
  {
    name: 'a line that was not delivered is not refunded',
    where: `${domain}/settlement.ts`,
    was: 'pickup.lines.map((line): LedgerEntry => {',
    becomes: 'pickup.lines.filter((line) => delivered.has(line.id)).map((line): LedgerEntry => {',
    caughtBy: 'money once',
  },
];

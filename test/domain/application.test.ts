import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Application,
  type ApplicationCommand,
  applicationRefusals,
  checkOutcomes,
  decideApplication,
  erasedBy,
  keptAfterDays,
  lapsesAfterDays,
  newApplication,
  turnOf,
  wantedForApproval,
} from '../../lambdas/domain/application.ts';
import {
  carriedDocuments,
  type DocumentKind,
  documentKinds,
  documentRefusals,
  documentRules,
  documentsMissing,
  requiredDocuments,
} from '../../lambdas/domain/documents.ts';
import type { Driver } from '../../lambdas/domain/fleet.ts';
import { asId } from '../../lambdas/domain/ids.ts';
import { isRejection, type Rejection } from '../../lambdas/domain/rejection.ts';
import { type Instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { done, driverId, mall, noon } from './fixtures.ts';

const day = 24 * 60;
const inDays = (days: number) => plusMinutes(noon, days * day);
const vehicles = Object.keys(requiredDocuments) as Driver['vehicle'][];
const applied = (vehicle: Driver['vehicle'] = 'bicycle') =>
  newApplication({ id: asId('app-1'), mallId: mall.id, zone: mall.zone, vehicle }, noon);

const submit = (kind: DocumentKind, expiresOn: string | undefined = '2027-06-30', id: string = kind) =>
  ({ type: 'submit', document: { id, kind, key: `documents/app-1/${id}`, ...(expiresOn && { expiresOn }) } }) as const;
const accept = (documentId: string) => ({ type: 'judge', documentId, verdict: { outcome: 'accepted' } }) as const;
const turnDown = (documentId: string, reason: (typeof documentRefusals)[number] = 'unreadable') =>
  ({ type: 'judge', documentId, verdict: { outcome: 'refused', reason } }) as const;
const check = (outcome: (typeof checkOutcomes)[number], reference = 'BC-1') =>
  ({ type: 'record_check', reference, outcome }) as const;
const approve = { type: 'approve', driverId } as const;

const having = (application: Application, ...commands: readonly ApplicationCommand[]) =>
  commands.reduce((state, command) => done(decideApplication(state, command, noon)), application);
const refused = (application: Application, command: ApplicationCommand, now: Instant = noon) => {
  const outcome = decideApplication(application, command, now);
  if (!isRejection(outcome)) throw new Error(`${command.type} was not refused.`);
  return outcome;
};

const shown = (vehicle: Driver['vehicle']) => requiredDocuments[vehicle].map((kind) => submit(kind));
const ready = (vehicle: Driver['vehicle'] = 'bicycle') =>
  having(applied(vehicle), ...shown(vehicle), ...requiredDocuments[vehicle].map(accept), check('clear'));

const states: Record<string, Application> = {
  applied: applied(),
  'documents shown': having(applied(), ...shown('bicycle')),
  'one refused': having(applied(), submit('identity_document'), turnDown('identity_document')),
  'check failed': having(applied(), ...shown('bicycle'), check('failed')),
  ready: ready(),
  approved: having(ready(), approve),
  refused: having(applied(), { type: 'refuse', reason: 'no_need_here' }),
  withdrawn: having(applied(), { type: 'withdraw' }),
  lapsed: done(decideApplication(applied(), { type: 'lapse' }, inDays(lapsesAfterDays))),
};
const commands: Record<string, ApplicationCommand> = {
  submit: submit('right_to_work', undefined, 'another'),
  accept: accept('identity_document'),
  'turn down': turnDown('identity_document'),
  'record check': check('clear', 'BC-2'),
  approve,
  refuse: { type: 'refuse', reason: 'no_need_here' },
  withdraw: { type: 'withdraw' },
  lapse: { type: 'lapse' },
  erase: { type: 'erase' },
};

describe('every state and every command', () => {
  const table = (now: Instant) =>
    Object.fromEntries(
      Object.entries(states).map(([name, state]) => [
        name,
        Object.entries(commands)
          .map(([asked, command]) => {
            const outcome = decideApplication(state, command, now);
            if (isRejection(outcome)) return `${asked}: ${outcome.code}`;
            return outcome === state ? `(${asked})` : `${asked} → ${outcome.erasedAt ? 'erased' : outcome.status}`;
          })
          .join(', '),
      ]),
    );

  test('at once', () => {
    expect(table(noon)).toMatchInlineSnapshot(`
      {
        "applied": "submit → open, accept: not_found, turn down: not_found, record check → open, approve: application_incomplete, refuse → refused, withdraw → withdrawn, lapse: not_due, erase: application_open",
        "approved": "submit: application_ended, accept: application_ended, turn down: application_ended, record check: application_ended, (approve), refuse: application_ended, withdraw: application_ended, lapse: application_ended, erase: application_open",
        "check failed": "submit → open, accept → open, turn down → open, record check → open, approve: application_incomplete, refuse → refused, withdraw → withdrawn, lapse: not_due, erase: application_open",
        "documents shown": "submit → open, accept → open, turn down → open, record check → open, approve: application_incomplete, refuse → refused, withdraw → withdrawn, lapse: not_due, erase: application_open",
        "lapsed": "submit: application_ended, accept: application_ended, turn down: application_ended, record check: application_ended, approve: application_ended, refuse: application_ended, (withdraw), (lapse), erase: not_due",
        "one refused": "submit → open, accept: document_decided, (turn down), record check → open, approve: application_incomplete, refuse → refused, withdraw → withdrawn, lapse: not_due, erase: application_open",
        "ready": "submit → open, (accept), turn down: document_decided, record check → open, approve → approved, refuse → refused, withdraw → withdrawn, lapse: not_due, erase: application_open",
        "refused": "submit: application_ended, accept: application_ended, turn down: application_ended, record check: application_ended, approve: application_ended, (refuse), withdraw: application_ended, lapse: application_ended, erase: not_due",
        "withdrawn": "submit: application_ended, accept: application_ended, turn down: application_ended, record check: application_ended, approve: application_ended, refuse: application_ended, (withdraw), (lapse), erase: not_due",
      }
    `);
  });

  test('when the time of each is over', () => {
    expect(table(inDays(lapsesAfterDays + keptAfterDays))).toMatchInlineSnapshot(`
      {
        "applied": "submit → open, accept: not_found, turn down: not_found, record check → open, approve: application_incomplete, refuse → refused, withdraw → withdrawn, lapse → withdrawn, erase: application_open",
        "approved": "submit: application_ended, accept: application_ended, turn down: application_ended, record check: application_ended, (approve), refuse: application_ended, withdraw: application_ended, lapse: application_ended, erase: application_open",
        "check failed": "submit → open, accept → open, turn down → open, record check → open, approve: application_incomplete, refuse → refused, withdraw → withdrawn, lapse → withdrawn, erase: application_open",
        "documents shown": "submit → open, accept → open, turn down → open, record check → open, approve: application_incomplete, refuse → refused, withdraw → withdrawn, lapse → withdrawn, erase: application_open",
        "lapsed": "submit: application_ended, accept: application_ended, turn down: application_ended, record check: application_ended, approve: application_ended, refuse: application_ended, (withdraw), (lapse), erase → erased",
        "one refused": "submit → open, accept: document_decided, (turn down), record check → open, approve: application_incomplete, refuse → refused, withdraw → withdrawn, lapse → withdrawn, erase: application_open",
        "ready": "submit → open, (accept), turn down: document_decided, record check → open, approve → approved, refuse → refused, withdraw → withdrawn, lapse → withdrawn, erase: application_open",
        "refused": "submit: application_ended, accept: application_ended, turn down: application_ended, record check: application_ended, approve: application_ended, (refuse), withdraw: application_ended, lapse: application_ended, erase → erased",
        "withdrawn": "submit: application_ended, accept: application_ended, turn down: application_ended, record check: application_ended, approve: application_ended, refuse: application_ended, (withdraw), (lapse), erase → erased",
      }
    `);
  });
});

describe('documents', () => {
  test('what a vehicle demands shows who drives and that they may work', () => {
    for (const vehicle of vehicles) {
      expect(requiredDocuments[vehicle]).toContain('right_to_work');
      expect(
        requiredDocuments[vehicle].some((kind) => kind === 'driving_licence' || kind === 'identity_document'),
      ).toBe(true);
    }
  });

  test('one that runs out says when, and has not run out', () => {
    for (const kind of documentKinds) {
      const undated = decideApplication(applied(), submit(kind, ''), noon);
      if (documentRules[kind].runsOut === 'sometimes') expect(isRejection(undated)).toBe(false);
      else expect(undated).toMatchObject({ code: 'document_undated', pointer: '/expiresOn' });
    }
    expect(refused(applied(), submit('driving_licence', '2026-11-22'))).toMatchObject({ code: 'document_expired' });
    expect(having(applied(), submit('driving_licence', '2026-11-23')).documents).toHaveLength(1);
  });

  test('it counts to the end of its last day, where the mall is', () => {
    const { documents } = having(applied(), submit('identity_document', '2026-11-23'), accept('identity_document'));
    const [carried] = carriedDocuments(documents, 'America/Phoenix');
    expect(carried).toEqual({ kind: 'identity_document', until: '2026-11-24T07:00:00.000Z' });
    const missingAt = (now: Instant) => documentsMissing(documents, 'bicycle', 'America/Phoenix', now);
    expect(missingAt(plusMinutes(carried!.until!, -1))).toEqual(['right_to_work']);
    expect(missingAt(carried!.until!)).toEqual(['identity_document', 'right_to_work']);
  });

  test('a new one takes the place of one that was refused, and of one that counts once it is accepted', () => {
    const again = having(states['one refused']!, submit('identity_document', '2028-01-01', 'second'));
    expect(again.documents.map(({ id, status }) => [id, status])).toEqual([['second', 'submitted']]);
    const twice = having(again, accept('second'), submit('identity_document', '2030-01-01', 'third'));
    expect(twice.documents.map(({ id, status }) => [id, status])).toEqual([
      ['second', 'accepted'],
      ['third', 'submitted'],
    ]);
    expect(having(twice, accept('third')).documents.map(({ id }) => id)).toEqual(['third']);
    expect(having(twice, turnDown('third')).documents.map(({ id, status }) => [id, status])).toEqual([
      ['second', 'accepted'],
      ['third', 'refused'],
    ]);
  });

  test('the word on a document is said once', () => {
    expect(refused(states.ready!, turnDown('identity_document'))).toMatchObject({ code: 'document_decided' });
    expect(decideApplication(states.ready!, accept('identity_document'), noon)).toBe(states.ready);
  });

  test('one that ran out before anybody looked is not accepted', () => {
    const late = having(applied(), submit('identity_document', '2026-11-24'));
    expect(refused(late, accept('identity_document'), inDays(3))).toMatchObject({ code: 'document_expired' });
  });
});

describe('approval', () => {
  test('names everything that is wanted', () => {
    const outcome = refused(having(applied('car'), submit('driving_licence')), approve);
    expect(outcome.code).toBe('application_incomplete');
    expect(outcome.current).toEqual({ wanted: [...requiredDocuments.car, 'background_check'] });
    expect(outcome.detail).toContain('no valid vehicle insurance is accepted');
  });

  test('a document that ran out meanwhile is wanted again', () => {
    expect(wantedForApproval(ready(), inDays(365))).toEqual(['identity_document', 'right_to_work']);
  });

  test('whoever it is up to is told', () => {
    const turns = Object.entries(states).map(([name, state]) => [name, turnOf(state, noon)]);
    expect(Object.fromEntries(turns)).toEqual({
      applied: 'applicant',
      'documents shown': 'operations',
      'one refused': 'applicant',
      'check failed': 'operations',
      ready: 'operations',
      approved: null,
      refused: null,
      withdrawn: null,
      lapsed: null,
    });
  });
});

describe('whatever happens, in whatever order', () => {
  const anyKind = fc.constantFrom(...documentKinds);
  const anyId = fc.constantFrom('a', 'b', 'c', 'd');
  const anyCommand: fc.Arbitrary<ApplicationCommand> = fc.oneof(
    fc.record({ kind: anyKind, id: anyId, days: fc.integer({ min: -5, max: 200 }) }).map(({ kind, id, days }) => ({
      type: 'submit' as const,
      document: { id, kind, key: id, expiresOn: inDays(days).slice(0, 10) },
    })),
    anyId.map(accept),
    fc.tuple(anyId, fc.constantFrom(...documentRefusals)).map(([id, reason]) => turnDown(id, reason)),
    fc.constantFrom(...checkOutcomes).map((outcome) => check(outcome)),
    fc.constantFrom(...applicationRefusals).map((reason) => ({ type: 'refuse' as const, reason })),
    fc.constantFrom(approve, { type: 'withdraw' as const }, { type: 'lapse' as const }, { type: 'erase' as const }),
  );
  const life = fc.record({
    vehicle: fc.constantFrom(...vehicles),
    steps: fc.array(fc.tuple(anyCommand, fc.integer({ min: 0, max: 40 })), { maxLength: 40 }),
  });

  test('nobody is approved whose papers and past are not known, and an end is an end', () => {
    fc.assert(
      fc.property(life, ({ vehicle, steps }) => {
        let state = applied(vehicle);
        let days = 0;
        for (const [command, later] of steps) {
          days += later;
          const before = structuredClone(state);
          const outcome: Application | Rejection = decideApplication(state, command, inDays(days));
          expect(state).toEqual(before);
          if (isRejection(outcome)) {
            expect(outcome.mend).not.toBe('');
            continue;
          }
          // Saying it again changes nothing, unless time has.
          const again = decideApplication(outcome, command, inDays(days));
          if (!isRejection(again)) expect(again).toEqual(outcome);
          if (outcome.status === 'approved' && state.status !== 'approved') {
            expect(wantedForApproval(state, inDays(days))).toEqual([]);
          }
          if (state.status !== 'open') expect(outcome.status).toBe(state.status);
          if (outcome.erasedAt) {
            expect(outcome.documents).toEqual([]);
            expect(outcome.erasedAt >= erasedBy(outcome)!).toBe(true);
          }
          for (const kind of documentKinds) {
            const of = outcome.documents.filter((document) => document.kind === kind);
            expect(of.filter(({ status }) => status === 'accepted').length).toBeLessThanOrEqual(1);
            expect(of.filter(({ status }) => status !== 'accepted').length).toBeLessThanOrEqual(1);
          }
          state = outcome;
        }
      }),
    );
  });
});

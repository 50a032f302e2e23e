import { expect, test } from 'vitest';
import { endApplications } from '../../lambdas/application/application-retention.ts';
import {
  type ApplicationPorts,
  approveApplication,
  inspectApplication,
  judgeApplicationDocument,
  listApplications,
  recordCheck,
  refuseApplication,
} from '../../lambdas/application/applications.ts';
import {
  applyToDrive,
  readOwnApplication,
  submitDocument,
  withdrawApplication,
} from '../../lambdas/application/joining.ts';
import { keys, lists } from '../../lambdas/application/records.ts';
import { keptAfterDays, lapsesAfterDays } from '../../lambdas/domain/application.ts';
import { requiredDocuments } from '../../lambdas/domain/documents.ts';
import { type ApplicationId, asId, type DriverId, type MallId } from '../../lambdas/domain/ids.ts';
import { type Instant, plusMinutes } from '../../lambdas/domain/time.ts';
import { done, openMall } from '../harness/mall.ts';
import { World } from '../harness/world.ts';

const robin = { name: 'Robin Secret', email: 'robin@example.com', phone: '+14805550199' };

/** An application in a mall without drivers, and who was asked about it. */
async function applied(change: Partial<ApplicationPorts> = {}) {
  const world = new World();
  await openMall(world, { stores: 1, drivers: 0 });
  const erased: string[] = [];
  const invited: string[] = [];
  const ports = {
    database: world.tables,
    pictures: world.driving.proofs,
    randomness: world.randomness,
    checks: { order: async () => null },
    identities: {
      invite: async (_: string, email: string) => {
        invited.push(email);
        return `sub-${email}`;
      },
    },
    proofs: { eraseBelow: async (prefix: string) => erased.push(prefix) },
    ...change,
  };
  const input = { ...robin, mallId: asId<MallId>('mall-1'), vehicle: 'bicycle' } as const;
  const made = done(await applyToDrive(ports, input, world.request('anyone'), world.now()));
  const { applicationId: id, token } = made.body as { applicationId: ApplicationId; token: string };
  const operations = () => world.request('operations');
  const acceptAll = async () => {
    for (const [index, kind] of requiredDocuments.bicycle.entries()) {
      const documentId = `doc_${index}`;
      const shown = { documentId, kind, expiresOn: '2030-01-01' };
      done(await submitDocument(ports, token, shown, world.request('anyone'), world.now()));
      const verdict = { outcome: 'accepted' } as const;
      done(await judgeApplicationDocument(ports, id, documentId, verdict, operations(), world.now()));
    }
  };
  const clear = async () =>
    done(await recordCheck(ports, id, { outcome: 'clear', reference: 'BC-1' }, operations(), world.now()));
  const later = (days: number): Instant => plusMinutes(world.now(), days * 24 * 60);
  const approve = (request = operations()) => approveApplication(ports, id, request, world.now());
  const kept = async () => [await world.database.get(keys.applicant(id)), erased] as const;
  return { world, ports, id, token, invited, operations, acceptAll, clear, later, approve, kept };
}

const idsIn = (page: object) => (page as { data: { id: string }[] }).data.map(({ id }) => id);

test('nobody is invited before everything is known of them', async () => {
  const { approve, invited, acceptAll, clear } = await applied();
  expect(await approve()).toMatchObject({ code: 'application_incomplete' });
  await acceptAll();
  expect(await approve()).toMatchObject({ code: 'application_incomplete' });
  expect(invited).toEqual([]);
  await clear();
  done(await approve());
  expect(invited).toEqual([robin.email]);
});

test('two who approve at once make one driver', async () => {
  const { world, approve, acceptAll, clear } = await applied();
  await acceptAll();
  await clear();
  const outcomes = (await Promise.all([approve(), approve(), approve()])).map((outcome) => done(outcome));
  const ids = new Set(outcomes.map(({ body }) => (body as { driverId: DriverId }).driverId));
  expect(ids.size).toBe(1);
  const [driverId] = [...ids];
  const driver = await world.database.get(keys.driver(driverId!));
  expect(driver?.data).toMatchObject({ name: 'Robin', documents: requiredDocuments.bicycle.map((kind) => ({ kind })) });
  const people = await world.database.queryIndex({ table: 'catalogue', index: 'lists', pk: lists.people, limit: 10 });
  expect(people.keys).toHaveLength(1);
});

test('whoever signs in elsewhere is bound by operations: the driver is there for it', async () => {
  const { world, approve, acceptAll, clear } = await applied({ identities: null });
  await acceptAll();
  await clear();
  const { body } = done(await approve());
  expect(body).toMatchObject({ signIn: 'bind', status: 'approved' });
  const { driverId } = body as { driverId: DriverId };
  expect(await world.database.get(keys.driver(driverId))).not.toBeNull();
  expect((await world.database.get(keys.contact(driverId)))?.data).toEqual(robin);
});

test('somebody who is bound to another role stays that, and no driver is made', async () => {
  const { world, ports, approve, acceptAll, clear, id } = await applied();
  await acceptAll();
  await clear();
  const { pk, sk } = keys.person(`sub-${robin.email}`);
  const data = { subject: `sub-${robin.email}`, role: { kind: 'operations' } };
  await world.database.commit([{ kind: 'put', table: 'catalogue', item: { pk, sk, data }, ifVersion: 'absent' }]);
  expect(await approve()).toMatchObject({ code: 'role_taken' });
  expect(await inspectApplication(ports, id, world.now())).toMatchObject({ status: 'open' });
});

test('a service that makes checks is asked once, and its reference kept', async () => {
  const asked: object[] = [];
  const order = async (candidate: object) => `BC-${asked.push(candidate)}`;
  const { world, ports, id, operations } = await applied({ checks: { order } });
  const pending = await recordCheck(ports, id, { outcome: 'pending' }, operations(), world.now());
  expect(done(pending).body).toMatchObject({ check: { reference: 'BC-1', outcome: 'pending' } });
  const consider = await recordCheck(ports, id, { outcome: 'consider' }, operations(), world.now());
  expect(done(consider).body).toMatchObject({ check: { reference: 'BC-1', outcome: 'consider' } });
  expect(asked).toEqual([{ applicationId: id, ...robin }]);
});

test('where checks are made by hand a reference is wanted', async () => {
  const { world, ports, id, operations } = await applied();
  const outcome = await recordCheck(ports, id, { outcome: 'pending' }, operations(), world.now());
  expect(outcome).toMatchObject({ code: 'check_by_hand', pointer: '/reference' });
});

test('an application that nobody moves lapses, and what was kept of it goes with its pictures', async () => {
  const { ports, token, id, later, kept } = await applied();
  expect(await endApplications(ports, later(lapsesAfterDays - 1))).toMatchObject({ lapsed: 0, erased: 0 });
  expect(await endApplications(ports, later(lapsesAfterDays))).toMatchObject({ lapsed: 1, erased: 0 });
  expect(idsIn(await listApplications(ports, { state: 'ended', limit: 10 }, later(61)))).toEqual([id]);
  expect(await kept()).toMatchObject([{ data: { person: robin } }, []]);
  const over = later(lapsesAfterDays + keptAfterDays);
  expect(await endApplications(ports, over)).toMatchObject({ lapsed: 0, erased: 1, failed: [] });
  expect(await kept()).toEqual([null, [`documents/${id}/`]]);
  expect(await readOwnApplication(ports, token, over)).toMatchObject({ code: 'not_found' });
  expect(idsIn(await listApplications(ports, { state: 'ended', limit: 10 }, over))).toEqual([]);
  expect(await endApplications(ports, later(400))).toEqual({ lapsed: 0, erased: 0, failed: [] });
});

test('one that was refused tells why as long as it is kept, and no longer', async () => {
  const { world, ports, token, id, operations, later, kept } = await applied();
  const refusal = { reason: 'other', note: 'You live too far away.' } as const;
  done(await refuseApplication(ports, id, refusal, operations(), world.now()));
  expect(await readOwnApplication(ports, token, later(59))).toMatchObject({ refusal: 'other', note: refusal.note });
  expect(await endApplications(ports, later(keptAfterDays))).toMatchObject({ erased: 1 });
  expect(await kept()).toMatchObject([null, [`documents/${id}/`]]);
});

test('pictures that cannot be erased keep the rest, and are told of, until they can', async () => {
  let isDown = true;
  const eraseBelow = async () => {
    if (isDown) throw new Error('S3 is down');
    return 1;
  };
  const { world, ports, token, id, later, kept } = await applied();
  done(await withdrawApplication(ports, token, world.request('anyone'), world.now()));
  const failing = { ...ports, proofs: { eraseBelow } };
  expect(await endApplications(failing, later(70))).toMatchObject({
    erased: 0,
    failed: [{ applicationId: id, error: 'Error: S3 is down' }],
  });
  expect((await kept())[0]).not.toBeNull();
  isDown = false;
  expect(await endApplications(failing, later(70))).toMatchObject({ erased: 1, failed: [] });
});

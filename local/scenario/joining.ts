import type { ApiClient } from '../actors/api-client.ts';
import type { Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';

/** A day on which every paper still counts, as scenarios are played. */
const validUntil = '2028-06-30';

interface Application {
  documents: { id: string }[];
}

/** A picture of it, uploaded and shown. */
async function showPaper(client: ApiClient, link: string, kind: string): Promise<void> {
  const contentType = 'image/jpeg';
  const { documentId, uploadUrl } = await client.post<{ documentId: string; uploadUrl: string }>(`${link}/uploads`, {
    contentType,
  });
  await fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': contentType }, body: `a ${kind}` });
  await client.post(`${link}/documents`, { documentId, kind, expiresOn: validUntil });
}

/** From the application to the day on which they may sign in. Gives the driver's id and the subject of their tokens. */
async function join(stage: Stage, operations: ApiClient): Promise<{ driverId: string; subject: string }> {
  const email = 'robin@example.com';
  const { applicationId, token } = await operations.post<{ applicationId: string; token: string }>('/v1/join', {
    name: 'Robin Rivera',
    email,
    phone: '+14805550199',
    mallId: stage.mall.mall.id,
    vehicle: 'car',
    agreesToCheck: true,
  });
  const link = `/v1/join/${token}`;
  const { required } = await operations.get<{ required: { kind: string }[] }>(link);
  for (const { kind } of required) await showPaper(operations, link, kind);
  const path = `/v1/applications/${applicationId}`;
  const { documents } = await operations.get<Application>(path);
  for (const { id } of documents) await operations.post(`${path}/documents/${id}`, { outcome: 'accepted' });
  await operations.post(`${path}/check`, { outcome: 'clear', reference: 'BC-7' });
  const { driverId } = await operations.post<{ driverId: string }>(`${path}/approve`, {});
  const people = await operations.get<{ data: { subject: string; email?: string }[] }>('/v1/people?limit=100');
  const subject = people.data.find((person) => person.email === email)?.subject;
  stage.expect(subject !== undefined, 'whoever was approved cannot sign in');
  return { driverId, subject: subject! };
}

export const joiningScenario: Scenario = {
  name: 'join-and-deliver',
  about: 'Somebody applies, shows papers, is approved and delivers a first order; suspended, they get no other.',
  play: async (stage) => {
    const operations = stage.person(stage.operations.id);
    const { driverId, subject } = await join(stage, operations);
    stage.openStores();
    const newcomer = stage.sendDriver(0, { driverId, client: stage.person(subject) });
    const first = await stage.untilEnded((await stage.place(stage.basket([0]))).id);
    stage.expect(first.status === 'delivered' && first.driverId === driverId, `${first.driverId}: ${first.status}`);

    await operations.post(`/v1/drivers/${driverId}/suspend`, { reason: 'under_review', note: 'A parcel was open.' });
    await newcomer.stop();
    const { status, shift } = await stage.person(subject).get<{ status: string; shift: object | null }>('/v1/driver');
    stage.expect(status === 'suspended' && shift === null, `they are ${status}, on shift: ${shift !== null}`);
    stage.sendDriver(0);
    const second = await stage.untilEnded((await stage.place(stage.basket([0]))).id);
    stage.expect(second.driverId === stage.mall.drivers[0]!.id, `${second.driverId} carried it`);
  },
};

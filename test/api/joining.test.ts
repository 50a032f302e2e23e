import { afterAll, beforeAll, describe, expect } from 'vitest';
import { passHourlyAt } from '../local/hourly-pass.ts';
import { hasEngine, test } from '../local/with-engine.ts';
import { application, Joiner, papersOfBicycle, showPaper } from './joiner.ts';
import { expectProblem } from './problem.ts';
import { type Answer, World } from './world.ts';

let world: World;
beforeAll(async () => {
  if (hasEngine) world = await World.open();
});
afterAll(() => world?.close());

const operations = (method: string, path: string, body?: object) =>
  world.succeed({ method, path, token: world.tokens.operations, body });
const daysOn = (days: number) => new Date(world.cloud.clock.now() + days * 86_400_000);
const asDriver = async (driverId: string) => world.cloud.mint({ sub: driverId });
const refused = (answer: Answer) => {
  expectProblem(answer, answer.text);
  return [answer.status, answer.body.code];
};

test('the page is there for anybody, and its address for nobody else', async () => {
  for (const path of ['/join', `/join/${'x'.repeat(22)}`]) {
    const page = await fetch(world.cloud.url + path);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const markup = await page.text();
    expect(markup).toContain('Drive with us');
    expect(markup).toContain('no-referrer');
  }
});

describe('somebody who wants to drive', () => {
  test('applies, shows papers, is checked and approved, signs in and starts a shift', async () => {
    const openings = await world.succeed({ method: 'GET', path: '/v1/join' });
    expect(openings.malls).toEqual([{ id: world.mall.mall.id, name: world.mall.mall.name }]);
    const wanted = openings.vehicles.find(({ vehicle }: { vehicle: string }) => vehicle === 'bicycle').documents;
    expect(wanted.map(({ kind }: { kind: string }) => kind)).toEqual(Object.keys(papersOfBicycle));

    const joiner = await Joiner.apply(world);
    expect(await joiner.own()).toMatchObject({ name: 'Robin Secret', status: 'open', turn: 'applicant' });
    const ids = await joiner.show();
    expect(await joiner.own()).toMatchObject({ turn: 'operations', isChecked: false });

    const listed = await operations('GET', '/v1/applications');
    expect(listed.data).toContainEqual(
      expect.objectContaining({ id: joiner.applicationId, name: 'Robin Secret', turn: 'operations' }),
    );
    const seen = await joiner.inspect();
    expect(seen.applicant).toEqual({ name: 'Robin Secret', email: 'robin@example.com', phone: '+14805550199' });
    expect(await (await fetch(seen.documents[0].pictureUrl)).text()).toBe('a picture');

    const early = await world.send({
      method: 'POST',
      path: `/v1/applications/${joiner.applicationId}/approve`,
      token: world.tokens.operations,
    });
    expect(refused(early)).toEqual([409, 'application_incomplete']);
    expect(early.body.current).toEqual({ wanted: [...Object.keys(papersOfBicycle), 'background_check'] });

    for (const id of ids) await joiner.operations(`/documents/${id}`, { outcome: 'accepted' });
    await joiner.operations('/check', { outcome: 'pending', reference: 'BC-7' });
    await joiner.operations('/check', { outcome: 'clear' });
    const { driverId, signIn } = await joiner.operations('/approve');
    expect(signIn).toBe('invited');
    expect((await joiner.operations('/approve')).driverId).toBe(driverId);
    expect(await joiner.own()).toMatchObject({ status: 'approved', turn: null, documents: [] });

    const people = await operations('GET', '/v1/people?limit=100');
    const person = people.data.find(({ role }: { role: { driverId?: string } }) => role.driverId === driverId);
    expect(person).toMatchObject({ email: 'robin@example.com', status: 'active' });
    const token = await asDriver(person.subject);
    const own = await world.succeed({ method: 'GET', path: '/v1/driver', token });
    expect(own).toMatchObject({ id: driverId, name: 'Robin', vehicle: 'bicycle', papers: { isCleared: true } });
    await world.succeed({ method: 'POST', path: '/v1/driver/shift/start', token });
    expect(await operations('GET', `/v1/drivers/${driverId}`)).toMatchObject({
      contact: { phone: '+14805550199' },
      documents: [{ kind: 'identity_document', status: 'accepted' }, { kind: 'right_to_work' }],
      suspension: null,
    });
  });

  test('reads why a paper was refused, and shows another one', async () => {
    const joiner = await Joiner.apply(world);
    const [id] = await joiner.show({ identity_document: '2028-06-30' });
    await joiner.operations(`/documents/${id}`, { outcome: 'refused', reason: 'unreadable' });
    expect((await joiner.own()).documents).toMatchObject([{ status: 'refused', refusal: 'unreadable' }]);
    const [next] = await joiner.show({ identity_document: '2028-06-30' });
    expect((await joiner.own()).documents).toMatchObject([{ id: next, status: 'submitted' }]);
    await joiner.withdraw();
    const late = await world.send({
      method: 'POST',
      path: joiner.path('/uploads'),
      body: { contentType: 'image/png' },
    });
    expect(refused(late)).toEqual([409, 'application_ended']);
  });

  test('is told what is wrong with what they show', async () => {
    const joiner = await Joiner.apply(world, undefined, { vehicle: 'car' });
    const { documentId } = await world.succeed({
      method: 'POST',
      path: joiner.path('/uploads'),
      body: { contentType: 'image/png' },
    });
    const show = (body: object) =>
      world.send({ method: 'POST', path: joiner.path('/documents'), body: { documentId, ...body } });
    const licence = { kind: 'driving_licence', expiresOn: '2028-01-01' };
    expect(refused(await show(licence))).toEqual([422, 'document_not_uploaded']);
    const other = await Joiner.apply(world);
    const [foreign] = await other.show({ right_to_work: undefined });
    expect(refused(await show({ ...licence, documentId: foreign }))).toEqual([422, 'document_not_uploaded']);
    await other.withdraw();
    expect(refused(await world.send({ method: 'GET', path: `/v1/join/${'x'.repeat(22)}` }))).toEqual([
      404,
      'not_found',
    ]);
    const noCheck = await world.send({
      method: 'POST',
      path: `/v1/applications/${joiner.applicationId}/check`,
      token: world.tokens.operations,
      body: { outcome: 'pending' },
    });
    expect(refused(noCheck)).toEqual([422, 'check_by_hand']);
    await joiner.operations('/refuse', { reason: 'not_old_enough', note: 'Come back in May.' });
    expect(await joiner.own()).toMatchObject({
      status: 'refused',
      refusal: 'not_old_enough',
      note: 'Come back in May.',
    });
  });

  test('nothing that tells who they are is kept beside what is personal, nor their link anywhere', async () => {
    const joiner = await Joiner.apply(world, undefined, { name: 'Quentin Rare', email: 'quentin@example.com' });
    await joiner.show();
    const { data } = await operations('GET', '/v1/audit?limit=100');
    expect(JSON.stringify(data)).not.toContain(joiner.token);
    const kept = Object.entries(await world.everything()).filter(([table]) => !/-personal/.test(table));
    expect(kept.length).toBeGreaterThan(3);
    for (const [table, items] of kept) {
      for (const secret of ['Quentin', 'quentin@', joiner.token]) {
        expect(JSON.stringify(items).includes(secret), `${secret} in ${table}`).toBe(false);
      }
    }
    await joiner.withdraw();
  });

  test('sends the same application twice and has one', async () => {
    const request = { method: 'POST', path: '/v1/join', body: application(world), key: 'the-same' };
    const [first, second] = [await world.send(request), await world.send(request)];
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
    expect(second.body.token).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});

describe('papers that run out', () => {
  test('are told of 30 days before, to both sides, until a new one is accepted', async () => {
    const joiner = await Joiner.apply(world, undefined, { email: 'soon@example.com' });
    const soon = { identity_document: '2026-12-20', right_to_work: undefined };
    for (const id of await joiner.show(soon)) await joiner.operations(`/documents/${id}`, { outcome: 'accepted' });
    await joiner.operations('/check', { outcome: 'clear', reference: 'BC-8' });
    const { driverId } = await joiner.operations('/approve');
    const people = await operations('GET', '/v1/people?limit=100');
    const { subject } = people.data.find(({ email }: { email?: string }) => email === 'soon@example.com');
    const token = await asDriver(subject);
    const papers = (await world.succeed({ method: 'GET', path: '/v1/driver/documents', token })).ending;
    expect(papers).toEqual([{ kind: 'identity_document', until: '2026-12-21T07:00:00.000Z' }]);
    const listed = await operations('GET', '/v1/drivers?list=papers');
    expect(listed.data.map(({ id }: { id: string }) => id)).toContain(driverId);

    const act = (request: Parameters<World['succeed']>[0]) => world.succeed(request);
    const fresh = { kind: 'identity_document', expiresOn: '2030-01-01' };
    const id = await showPaper(act, '/v1/driver', token, fresh);
    const { documents } = await operations('GET', `/v1/drivers/${driverId}`);
    expect(documents).toMatchObject([{ status: 'accepted' }, {}, { id, status: 'submitted' }]);
    expect(await (await fetch(documents[2].pictureUrl)).text()).toBe('a picture');
    await operations('POST', `/v1/drivers/${driverId}/documents/${id}`, { outcome: 'accepted' });
    const { ending } = await world.succeed({ method: 'GET', path: '/v1/driver/documents', token });
    expect(ending).toEqual([]);
    expect((await operations('GET', '/v1/drivers?list=papers')).data).toEqual([]);
  });
});

describe('what is over', () => {
  test('lapses, and is erased with its pictures', async () => {
    const joiner = await Joiner.apply(world, undefined, { name: 'Quentin Rare' });
    await joiner.show();
    const { documents } = await joiner.inspect();
    await passHourlyAt(world.cloud, daysOn(61));
    expect(await joiner.inspect()).toMatchObject({ status: 'withdrawn', lapsed: true });
    await passHourlyAt(world.cloud, daysOn(122));
    expect(await joiner.inspect()).toMatchObject({ applicant: null, documents: [], erasedAt: expect.any(String) });
    expect((await fetch(documents[0].pictureUrl)).status).toBe(404);
    expect(refused(await world.send({ method: 'GET', path: joiner.path() }))).toEqual([404, 'not_found']);
    expect(JSON.stringify(await world.everything())).not.toContain('Quentin Rare');
  });
});

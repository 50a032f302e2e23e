import { expect } from 'vitest';
import type { Act, World } from './world.ts';

/** Papers that a bicycle demands, and a day on which they run out. */
export const papersOfBicycle = { identity_document: '2028-06-30', right_to_work: '2027-12-31' };

/** Somebody who wants to drive, by the link they were given. */
export class Joiner {
  readonly applicationId: string;
  readonly token: string;
  readonly #world: World;
  readonly #act: Act;

  private constructor(world: World, act: Act, made: { applicationId: string; token: string }) {
    this.#world = world;
    this.#act = act;
    this.applicationId = made.applicationId;
    this.token = made.token;
  }

  static async apply(world: World, act: Act = (request) => world.succeed(request), change: object = {}) {
    return new Joiner(world, act, await act({ method: 'POST', path: '/v1/join', body: application(world, change) }));
  }

  own() {
    return this.#world.succeed({ method: 'GET', path: this.path() });
  }

  /** A picture of each, uploaded and shown. Gives their ids. */
  async show(papers: Record<string, string | undefined> = papersOfBicycle): Promise<string[]> {
    const ids: string[] = [];
    for (const [kind, expiresOn] of Object.entries(papers)) {
      ids.push(await showPaper(this.#act, this.path(), null, { kind, expiresOn }));
    }
    return ids;
  }

  withdraw() {
    return this.#act({ method: 'POST', path: this.path('/withdraw') });
  }

  path(act = ''): string {
    return `/v1/join/${this.token}${act}`;
  }

  operations(act: string, body?: object) {
    return this.#act({
      method: 'POST',
      path: `/v1/applications/${this.applicationId}${act}`,
      token: this.#world.tokens.operations,
      body,
    });
  }

  inspect() {
    return this.#world.succeed({
      method: 'GET',
      path: `/v1/applications/${this.applicationId}`,
      token: this.#world.tokens.operations,
    });
  }

  /** All papers, the check and the approval. Gives the driver's id. */
  async becomeDriver(): Promise<string> {
    for (const id of await this.show()) await this.operations(`/documents/${id}`, { outcome: 'accepted' });
    await this.operations('/check', { outcome: 'clear', reference: 'BC-7' });
    return (await this.operations('/approve')).driverId;
  }
}

export function application({ mall }: World, change: object = {}) {
  const person = { name: 'Robin Secret', email: 'robin@example.com', phone: '+14805550199' };
  return { ...person, mallId: mall.mall.id, vehicle: 'bicycle', agreesToCheck: true, ...change };
}

/** Below `base` lie `/uploads` and `/documents`; of a driver they are one below the other. */
export async function showPaper(
  act: Act,
  base: string,
  token: string | null,
  shown: { kind: string; expiresOn?: string | undefined },
): Promise<string> {
  const below = token ? '/documents' : '';
  const body = { contentType: 'image/jpeg' };
  const link = await act({ method: 'POST', path: `${base}${below}/uploads`, token, body });
  const { documentId, uploadUrl, contentType } = link;
  const upload = { method: 'PUT', headers: { 'content-type': contentType }, body: 'a picture' };
  expect((await fetch(uploadUrl, upload)).ok).toBe(true);
  await act({ method: 'POST', path: `${base}/documents`, token, body: { documentId, ...shown } });
  return documentId;
}

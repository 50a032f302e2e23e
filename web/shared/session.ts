import { Api, Problem } from './api.ts';
import type { Actor, ActorRole, Config, TokenAnswer } from './contract.ts';

/** A new token is fetched when less than this is left. */
const freshMs = 60_000;

/** Who is at the page: an actor of the demo, a person with a token of the issuer, or nobody yet. */
export interface Session {
  config: Config;
  api: Api;
  /** null while nobody has signed in. */
  actor: Actor | null;
}

interface Held {
  token: string;
  /** Wall time: tokens expire by the wall. */
  expiresAtMs: number;
  actor: Actor;
}

/** Opens the session that the address names: `?actor=<id>` where the demo runs, or the token kept from a sign-in. */
export async function openSession(role: ActorRole): Promise<Session> {
  const config = await new Api().get<Config>('/config.json');
  const actorId = new URLSearchParams(location.search).get('actor');
  if (config.demo && actorId) {
    const { token: tokenUrl } = config.demo;
    const holder = new TokenHolder(`mallway:actor:${actorId}`, () => new Api().act(tokenUrl, { actor: actorId }));
    const { actor } = await holder.current();
    if (actor.role !== role) {
      throw new Problem(403, {
        detail: `${actor.name} is no ${role}: this page is for a ${role}.`,
        mend: 'Choose an actor for this page from the front page.',
      });
    }
    return { config, actor, api: new Api({ token: async (renew) => (await holder.current(renew)).token }) };
  }
  const signedIn = readJson<{ token: string; storeId?: string }>(signInKey(role));
  if (!signedIn) return { config, actor: null, api: new Api() };
  const actor: Actor = { id: role, role, name: '', mallId: null };
  if (signedIn.storeId) actor.storeId = signedIn.storeId;
  return { config, actor, api: new Api({ token: async () => signedIn.token }) };
}

/** Keeps a token of the issuer for this tab. */
export function signIn(role: ActorRole, token: string, storeId?: string): void {
  sessionStorage.setItem(signInKey(role), JSON.stringify({ token, ...(storeId && { storeId }) }));
}

export function signOut(role: ActorRole): void {
  sessionStorage.removeItem(signInKey(role));
}

function signInKey(role: ActorRole): string {
  return `mallway:token:${role}`;
}

class TokenHolder {
  readonly #key: string;
  readonly #fetch: () => Promise<TokenAnswer>;
  #fetching: Promise<Held> | null = null;

  constructor(key: string, fetch: () => Promise<TokenAnswer>) {
    this.#key = key;
    this.#fetch = fetch;
  }

  async current(renew = false): Promise<Held> {
    const held = readJson<Held>(this.#key);
    if (held && !renew && held.expiresAtMs - Date.now() > freshMs) return held;
    this.#fetching ??= this.#renew().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #renew(): Promise<Held> {
    const { token, expiresInSeconds, actor } = await this.#fetch();
    const held = { token, expiresAtMs: Date.now() + expiresInSeconds * 1000, actor };
    sessionStorage.setItem(this.#key, JSON.stringify(held));
    return held;
  }
}

function readJson<T>(key: string): T | null {
  const text = sessionStorage.getItem(key);
  return text === null ? null : (JSON.parse(text) as T);
}

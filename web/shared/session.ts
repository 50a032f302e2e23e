import { signal } from '@preact/signals';
import { Api, Problem } from './api.ts';
import type { Actor, ActorRole, Config, PersonSelf, TokenAnswer } from './contract/people.ts';
import { Device } from './device.ts';
import { SignIn } from './sign-in.ts';

/** A new token is fetched when less than this is left. */
const freshMs = 60_000;

/** Who is at the page: an actor of the demo, a person who signed in, a paired tablet, or nobody yet. */
export interface Session {
  config: Config;
  api: Api;
  /** null while nobody has signed in. */
  actor: Actor | null;
  /** Null where nobody signs in: as an actor of the demo. */
  signIn: SignIn | null;
  /** Ends the session; null where there is none to end. */
  leave: { label: string; now: () => void } | null;
}

/** Whether the session ended under the hands of whoever is at the page. */
export const isOver = signal(false);

const pageOf: Record<ActorRole, 'store' | 'drive' | 'ops'> = { store: 'store', driver: 'drive', operations: 'ops' };

interface Held {
  token: string;
  /** Wall time: tokens expire by the wall. */
  expiresAtMs: number;
}

/** Opens the session that the address names (`?actor=<id>` where the demo runs), or that of a sign-in or a pairing. */
export async function openSession(role: ActorRole): Promise<Session> {
  const config = await new Api().get<Config>('/config.json');
  const actorId = new URLSearchParams(location.search).get('actor');
  if (config.demo && actorId) return asActor(config, config.demo.token, actorId, role);
  const device = role === 'store' ? await Device.find() : null;
  if (device) return asDevice(config, device);
  const page = pageOf[role];
  const addresses = config.signIn?.[page];
  const signIn = addresses ? new SignIn(page, addresses) : null;
  const nobody: Session = { config, actor: null, api: new Api(), signIn, leave: null };
  await signIn?.finish();
  if (!signIn?.signedIn) return nobody;
  const holder = new TokenHolder(null, async (renew) => {
    const known = signIn.signedIn;
    const isFresh = known && !renew && known.expiresAtMs - Date.now() > freshMs;
    const { accessToken, expiresAtMs } = isFresh ? known : await signIn.refresh();
    return { token: accessToken, expiresAtMs };
  });
  const api = apiOf(holder);
  const leave = { label: 'Sign out', now: () => signIn.signOut() };
  try {
    const self = await api.get<PersonSelf>('/v1/me');
    return { config, api, signIn, leave, actor: actorOf(self, role) };
  } catch (error) {
    if (error instanceof Problem && error.code === 'signed_out') return nobody;
    throw error;
  }
}

function apiOf(holder: TokenHolder): Api {
  return new Api({
    token: async (renew) => {
      try {
        const { token } = await holder.current(renew);
        isOver.value = false;
        return token;
      } catch (error) {
        if (error instanceof Problem && error.code === 'signed_out') isOver.value = true;
        throw error;
      }
    },
  });
}

async function asActor(config: Config, tokenUrl: string, actorId: string, role: ActorRole): Promise<Session> {
  const holder = new TokenHolder(`mallway:actor:${actorId}`, async () => {
    const answer = await new Api().act<TokenAnswer>(tokenUrl, { actor: actorId });
    return { token: answer.token, expiresAtMs: Date.now() + answer.expiresInSeconds * 1000, actor: answer.actor };
  });
  const { actor } = (await holder.current()) as Held & { actor: Actor };
  refuseOther(actor, role, 'Choose an actor for this page from the front page.');
  return { config, actor, api: apiOf(holder), signIn: null, leave: null };
}

function asDevice(config: Config, device: Device): Session {
  const { deviceId: id, storeId, storeName: name } = device;
  const holder = new TokenHolder(null, () => device.sign(config.audience));
  const leave = {
    label: 'Unpair this tablet',
    now: () => void Device.forget().then(() => location.reload()),
  };
  const actor: Actor = { id, role: 'store', name, mallId: null, storeId };
  return { config, actor, api: apiOf(holder), signIn: null, leave };
}

function actorOf({ subject, role, name = '' }: PersonSelf, wanted: ActorRole): Actor {
  const { kind, ...binding } = role;
  const actor: Actor = { id: subject, role: kind, name, mallId: null, ...binding };
  refuseOther(actor, wanted, 'Open the page of your own work.');
  return actor;
}

function refuseOther(actor: Actor, role: ActorRole, mend: string): void {
  if (actor.role === role) return;
  throw new Problem(403, { detail: `${actor.name} is no ${role}: this page is for a ${role}.`, mend });
}

/** One token at a time; kept for this tab where it has a key. */
class TokenHolder {
  readonly #key: string | null;
  readonly #fetch: (renew: boolean) => Promise<Held>;
  #held: Held | null = null;
  #fetching: Promise<Held> | null = null;

  constructor(key: string | null, fetch: (renew: boolean) => Promise<Held>) {
    this.#key = key;
    this.#fetch = fetch;
  }

  async current(renew = false): Promise<Held> {
    const held = this.#held ?? (this.#key === null ? null : readJson<Held>(this.#key));
    if (held && !renew && held.expiresAtMs - Date.now() > freshMs) return held;
    this.#fetching ??= this.#renew(renew).finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #renew(renew: boolean): Promise<Held> {
    this.#held = await this.#fetch(renew);
    if (this.#key !== null) sessionStorage.setItem(this.#key, JSON.stringify(this.#held));
    return this.#held;
  }
}

function readJson<T>(key: string): T | null {
  const text = sessionStorage.getItem(key);
  return text === null ? null : (JSON.parse(text) as T);
}

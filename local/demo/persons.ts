import { decodeJwt } from 'jose';

/** A person who has not sent a request for this long has put the tablet down. Wall time. */
const idleMs = 120_000;
/** Set in a token that a person asked for, so that their requests differ from the demo's own. */
export const personClaim = { played_by: 'person' };

/** Which actors are played by people: told by the tokens of the requests that come in. */
export class Persons {
  readonly #wallNow: () => number;
  readonly #seenAt = new Map<string, number>();

  constructor(wallNow: () => number = Date.now) {
    this.#wallNow = wallNow;
  }

  /** A request came in with this Authorization header. It is not verified here: the API does that. */
  saw(authorization: string | undefined): void {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (!token) return;
    let claims: { sub?: string; played_by?: unknown };
    try {
      claims = decodeJwt(token);
    } catch {
      return;
    }
    if (claims.played_by === personClaim.played_by && claims.sub) this.took(claims.sub);
  }

  took(actorId: string): void {
    this.#seenAt.set(actorId, this.#wallNow());
  }

  isPlayed(actorId: string): boolean {
    const seenAt = this.#seenAt.get(actorId);
    return seenAt !== undefined && this.#wallNow() - seenAt < idleMs;
  }

  played(): string[] {
    return [...this.#seenAt.keys()].filter((id) => this.isPlayed(id));
  }
}

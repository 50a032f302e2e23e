import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';

/** RS256, as Cognito signs; what verifies its tokens verifies ours. */
const algorithm = 'RS256';

export interface OidcIssuerOptions {
  database: DatabaseSync;
  /** The `iss` of every token; the listener serves below it. No trailing slash. */
  issuer: string;
  wallNow?: () => number;
  newId?: () => string;
}

export interface TokenRequest {
  sub: string;
  /** An access token of Cognito has none. */
  audience?: string | string[];
  lifetimeSeconds: number;
  /** Further claims; they cannot replace the registered ones. */
  claims?: Record<string, unknown>;
}

const registeredClaims = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'];

interface SigningKey {
  keyId: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

/**
 * Issues people's tokens where Cognito does when deployed. Its keys are kept in table `oidc_keys`; one of them signs,
 * all are published.
 */
export class OidcIssuer {
  readonly issuer: string;
  readonly #database: DatabaseSync;
  readonly #wallNow: () => number;
  readonly #newId: () => string;
  /** The oldest first. */
  #keys: SigningKey[] = [];
  #signing: SigningKey | undefined;

  private constructor(options: OidcIssuerOptions) {
    this.issuer = options.issuer;
    this.#database = options.database;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#newId = options.newId ?? randomUUID;
  }

  static async open(options: OidcIssuerOptions): Promise<OidcIssuer> {
    if (options.issuer.endsWith('/')) throw new Error(`The issuer ${options.issuer} must not end with a slash.`);
    options.database.exec(
      `CREATE TABLE IF NOT EXISTS oidc_keys (
         key_id TEXT PRIMARY KEY, private_jwk TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
       CREATE TABLE IF NOT EXISTS oidc_signing (key_id TEXT NOT NULL) STRICT`,
    );
    const issuer = new OidcIssuer(options);
    await issuer.#read();
    if (issuer.#keys.length === 0) await issuer.publishKey();
    return issuer;
  }

  /** The first step of a rotation: a new key is published, and signs nothing yet. */
  async publishKey(): Promise<void> {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    this.#database
      .prepare('INSERT INTO oidc_keys VALUES (?, ?, ?)')
      .run(this.#newId(), JSON.stringify(await exportJWK(privateKey)), this.#wallNow());
    await this.#read();
  }

  /** The second: the newest key signs; tokens of the others are still good. */
  async signWithNewest(): Promise<void> {
    this.#database.exec('DELETE FROM oidc_signing');
    this.#database.prepare('INSERT INTO oidc_signing VALUES (?)').run(this.#keys.at(-1)!.keyId);
    await this.#read();
  }

  /** The third: no key is published but the one that signs. */
  async withdrawOthers(): Promise<void> {
    this.#database.prepare('DELETE FROM oidc_keys WHERE key_id <> ?').run(this.#signing!.keyId);
    await this.#read();
  }

  async #read(): Promise<void> {
    const rows = this.#database
      .prepare('SELECT key_id, private_jwk FROM oidc_keys ORDER BY created_at, rowid')
      .all() as { key_id: string; private_jwk: string }[];
    this.#keys = await Promise.all(
      rows.map(async ({ key_id: keyId, private_jwk }) => {
        const privateJwk = JSON.parse(private_jwk) as JWK;
        const { kty, n, e } = privateJwk as { kty: string; n: string; e: string };
        const privateKey = (await importJWK(privateJwk, algorithm)) as CryptoKey;
        return { keyId, privateKey, publicJwk: { kty, n, e, kid: keyId, alg: algorithm, use: 'sig' } };
      }),
    );
    const chosen = this.#database.prepare('SELECT key_id FROM oidc_signing').get() as { key_id: string } | undefined;
    this.#signing = this.#keys.find(({ keyId }) => keyId === chosen?.key_id) ?? this.#keys[0];
  }

  /** A signed token, valid from now (wall time) for `lifetimeSeconds`. */
  mint({ sub, audience, lifetimeSeconds, claims = {} }: TokenRequest): Promise<string> {
    const reserved = Object.keys(claims).find((name) => registeredClaims.includes(name));
    if (reserved) throw new Error(`The claim ${reserved} is set by the issuer and cannot be given.`);
    const issuedAt = Math.floor(this.#wallNow() / 1000);
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid: this.#signing!.keyId, typ: 'JWT' })
      .setIssuer(this.issuer)
      .setSubject(sub)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .setJti(this.#newId());
    if (audience !== undefined) token.setAudience(audience);
    return token.sign(this.#signing!.privateKey);
  }

  /** Serves the discovery document and the keys; true if the request was for one of them. */
  readonly serve = (request: IncomingMessage, response: ServerResponse): boolean => {
    const base = new URL(this.issuer).pathname.replace(/\/$/, '');
    const path = (request.url ?? '').split('?')[0];
    const published = { keys: this.#keys.map(({ publicJwk }) => publicJwk) };
    const document = {
      [`${base}/.well-known/openid-configuration`]: this.#configuration(),
      // Cognito serves its keys below /.well-known.
      [`${base}/.well-known/jwks.json`]: published,
      [`${base}/jwks.json`]: published,
    }[path ?? ''];
    if (!document || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    });
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(document));
    return true;
  };

  #configuration(): object {
    return {
      issuer: this.issuer,
      jwks_uri: `${this.issuer}/.well-known/jwks.json`,
      authorization_endpoint: `${this.issuer}/oauth2/authorize`,
      token_endpoint: `${this.issuer}/oauth2/token`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [algorithm],
    };
  }
}

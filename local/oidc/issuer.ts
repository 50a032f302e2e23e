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

/** Issues people's tokens where Cognito does when deployed. Its key is kept in table `oidc_keys`. */
export class OidcIssuer {
  readonly issuer: string;
  readonly #keyId: string;
  readonly #privateKey: CryptoKey;
  readonly #publicJwk: JWK;
  readonly #wallNow: () => number;
  readonly #newId: () => string;

  private constructor(options: OidcIssuerOptions, keyId: string, privateKey: CryptoKey, publicJwk: JWK) {
    this.issuer = options.issuer;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#newId = options.newId ?? randomUUID;
    this.#keyId = keyId;
    this.#privateKey = privateKey;
    this.#publicJwk = publicJwk;
  }

  static async open(options: OidcIssuerOptions): Promise<OidcIssuer> {
    if (options.issuer.endsWith('/')) throw new Error(`The issuer ${options.issuer} must not end with a slash.`);
    const { database, newId = randomUUID, wallNow = Date.now } = options;
    database.exec(
      `CREATE TABLE IF NOT EXISTS oidc_keys (
         key_id TEXT PRIMARY KEY, private_jwk TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT`,
    );
    const newest = 'SELECT key_id, private_jwk FROM oidc_keys ORDER BY created_at DESC LIMIT 1';
    let row = database.prepare(newest).get() as { key_id: string; private_jwk: string } | undefined;
    if (!row) {
      const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
      row = { key_id: newId(), private_jwk: JSON.stringify(await exportJWK(privateKey)) };
      database.prepare('INSERT INTO oidc_keys VALUES (?, ?, ?)').run(row.key_id, row.private_jwk, wallNow());
    }
    const privateJwk = JSON.parse(row.private_jwk) as JWK;
    const { kty, n, e } = privateJwk as { kty: string; n: string; e: string };
    const privateKey = (await importJWK(privateJwk, algorithm)) as CryptoKey;
    return new OidcIssuer(options, row.key_id, privateKey, { kty, n, e, kid: row.key_id, alg: algorithm, use: 'sig' });
  }

  /** A signed token, valid from now (wall time) for `lifetimeSeconds`. */
  mint({ sub, audience, lifetimeSeconds, claims = {} }: TokenRequest): Promise<string> {
    const reserved = Object.keys(claims).find((name) => registeredClaims.includes(name));
    if (reserved) throw new Error(`The claim ${reserved} is set by the issuer and cannot be given.`);
    const issuedAt = Math.floor(this.#wallNow() / 1000);
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid: this.#keyId, typ: 'JWT' })
      .setIssuer(this.issuer)
      .setSubject(sub)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .setJti(this.#newId());
    if (audience !== undefined) token.setAudience(audience);
    return token.sign(this.#privateKey);
  }

  /** Serves the discovery document and the keys; true if the request was for one of them. */
  readonly serve = (request: IncomingMessage, response: ServerResponse): boolean => {
    const base = new URL(this.issuer).pathname.replace(/\/$/, '');
    const path = (request.url ?? '').split('?')[0];
    const document = {
      [`${base}/.well-known/openid-configuration`]: this.#configuration(),
      // Cognito serves its keys below /.well-known.
      [`${base}/.well-known/jwks.json`]: { keys: [this.#publicJwk] },
      [`${base}/jwks.json`]: { keys: [this.#publicJwk] },
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

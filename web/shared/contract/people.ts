/** GET /config.json */
export interface Config {
  issuer: string;
  audience: string;
  /** Where each page asks people to sign in. */
  signIn?: Record<'ops' | 'store' | 'drive', SignInAddresses>;
  /** Only where people may be played: who they are, and, while a demo plays the rest, its overview. */
  demo?: { overview?: string; actors: string; token: string };
}

/** Of a client of the issuer: authorization code with PKCE. */
export interface SignInAddresses {
  authorizeUrl: string;
  tokenUrl: string;
  logoutUrl: string;
  clientId: string;
}

/** One of GET /v1/people */
export interface Person {
  subject: string;
  role: { kind: ActorRole; storeId?: string; driverId?: string };
  status: 'active' | 'suspended';
  name?: string;
  email?: string;
  device?: { pairedAt: string };
}

/** POST /v1/stores/{storeId}/pairing-codes */
export interface PairingCode {
  storeId: string;
  expiresAt: string;
  code: string;
}

/** GET /v1/me */
export type PersonSelf = Person;

export type ActorRole = 'store' | 'driver' | 'operations';

/** GET /demo/actors */
export interface ActorLink {
  id: string;
  role: ActorRole;
  name: string;
  mallId: string | null;
  mallName: string | null;
  url: string;
}

export interface Actor {
  id: string;
  role: ActorRole;
  name: string;
  mallId: string | null;
  storeId?: string;
  driverId?: string;
}

/** POST /demo/token */
export interface TokenAnswer {
  token: string;
  expiresInSeconds: number;
  actor: Actor;
}

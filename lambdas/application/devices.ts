import { createHash, timingSafeEqual } from 'node:crypto';
import type { DevicePublicKey, Person, Store } from '../domain/directory.ts';
import type { StoreId } from '../domain/ids.ts';
import { isPairingOver, type Pairing, pairingAttempts, pairingCode, pairingMinutes } from '../domain/pairing.ts';
import { isRejection, type Rejection, reject } from '../domain/rejection.ts';
import { epochMs, type Instant, plusMinutes } from '../domain/time.ts';
import { type ActOutcome, act, asItWas, ofNoAggregate, once, type RepeatableRequest } from './act.ts';
import type { Database, Item, Write } from './database.ts';
import { personWrite } from './people.ts';
import type { Randomness, SecretBox } from './ports.ts';
import { keys } from './records.ts';
import { load, unknown } from './situations.ts';

export interface DevicePorts {
  database: Database;
  secrets: SecretBox;
  randomness: Randomness;
}

/**
 * Makes a code with which one tablet becomes a device of the store. It is kept hashed; what is kept of this answer is
 * sealed, so that a repeat of the request shows the same code.
 */
export async function createPairingCode(
  { database, secrets, randomness }: DevicePorts,
  storeId: StoreId,
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  if (!(await database.get(keys.store(storeId)))) return unknown('store', storeId);
  const { handle, secret } = pairingCode(randomness.bytes(10));
  const expiresAt = plusMinutes(now, pairingMinutes);
  const pairing: Pairing = {
    storeId,
    secretHash: hashOf(secret),
    expiresAt,
    attempts: 0,
    by: request.by?.subject ?? '',
  };
  const made = await once(database, request, now, {
    body: { storeId, expiresAt, sealed: await secrets.seal(Buffer.from(`${handle}${secret}`), storeId) },
    also: [pairingWrite(handle, pairing, null)],
  });
  const { sealed, ...body } = made.body as { sealed: string };
  const code = Buffer.from(await secrets.open(sealed, storeId)).toString();
  return { ...made, body: { ...body, code: `${code.slice(0, 5)}-${code.slice(5)}` } };
}

/** A tablet shows the code and the public half of a key it made; from then on it signs its own tokens with the other. */
export async function pairDevice(
  { database, randomness }: DevicePorts,
  input: { code: string; name: string; publicKey: DevicePublicKey },
  request: RepeatableRequest,
  now: Instant,
): Promise<ActOutcome | Rejection> {
  const code = input.code.replaceAll(/[\s-]/g, '').toUpperCase();
  const [handle, secret] = [code.slice(0, 4), code.slice(4)];
  const deviceId = randomness.id('dev', now);
  let writes: Write[] = [];
  let body: object | Rejection;
  return act(database, request, now, {
    load: async () => {
      const item = await database.get(keys.pairing(handle));
      const pairing = item?.data as Pairing | undefined;
      if (!item || !pairing || isPairingOver(pairing, now)) return wrongCode();
      const store = await load<Store>(database.get(keys.store(pairing.storeId)));
      if (!store) return unknown('store', pairing.storeId);
      if (isSame(hashOf(secret), pairing.secretHash)) {
        const device: Person = {
          subject: deviceId,
          role: { kind: 'store', storeId: pairing.storeId },
          status: 'active',
          name: input.name,
          device: { publicKey: input.publicKey, pairedAt: now, pairedBy: pairing.by },
        };
        writes = [pairingWrite(handle, { ...pairing, usedAt: now }, item), personWrite(device, null)];
        body = { deviceId, storeId: store.id, storeName: store.name };
      } else {
        // A wrong guess is a fact, and said once: it has to count.
        writes = [pairingWrite(handle, { ...pairing, attempts: pairing.attempts + 1 }, item)];
        body = wrongCode();
      }
      return ofNoAggregate;
    },
    decide: asItWas,
    also: () => writes,
    reply: () => ({ status: isRejection(body) ? 422 : 201, body }),
  });
}

function wrongCode(): Rejection {
  return reject(
    'pairing_code_wrong',
    'This code pairs no tablet: it is mistyped, used, or more than a quarter of an hour old.',
    `Check it; after ${pairingAttempts} wrong tries, or when its time is over, ask for a new one.`,
    { pointer: '/code' },
  );
}

function pairingWrite(handle: string, pairing: Pairing, known: Item | null): Write {
  const { pk, sk } = keys.pairing(handle);
  const version = (known?.version ?? 0) + 1;
  const expiresAt = Math.floor(epochMs(pairing.expiresAt) / 1000);
  return {
    kind: 'put',
    table: 'requests',
    item: { pk, sk, version, data: pairing, expiresAt },
    ifVersion: known ? known.version! : 'absent',
  };
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

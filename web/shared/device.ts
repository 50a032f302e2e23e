import { Api } from './api.ts';
import { base64url } from './sign-in.ts';

/** What a paired tablet keeps. The private key cannot be read, by this page either. */
interface Paired {
  deviceId: string;
  storeId: string;
  storeName: string;
  privateKey: CryptoKey;
}

const tokenSeconds = 300;
const curve = { name: 'ECDSA', namedCurve: 'P-256' };

/** This browser as a device of a store, or null where it was not paired. */
export class Device {
  readonly storeId: string;
  readonly storeName: string;
  readonly deviceId: string;
  readonly #privateKey: CryptoKey;

  private constructor({ deviceId, storeId, storeName, privateKey }: Paired) {
    this.deviceId = deviceId;
    this.storeId = storeId;
    this.storeName = storeName;
    this.#privateKey = privateKey;
  }

  static async find(): Promise<Device | null> {
    const paired = await inStore<Paired | undefined>('readonly', (store) => store.get('device'));
    return paired ? new Device(paired) : null;
  }

  /** Throws a Problem when the code is not taken. */
  static async pair(code: string, name: string, onRetry: (attempt: number) => void): Promise<void> {
    const { privateKey, publicKey } = (await crypto.subtle.generateKey(curve, false, ['sign'])) as CryptoKeyPair;
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
    const body = { code, name, publicKey: { kty, crv, x, y } };
    const given = await new Api().act<Omit<Paired, 'privateKey'>>('/v1/devices', body, onRetry);
    await inStore('readwrite', (store) => store.put({ ...given, privateKey }, 'device'));
  }

  static async forget(): Promise<void> {
    await inStore('readwrite', (store) => store.delete('device'));
  }

  /** A JWT (RFC 7519) that this tablet signs itself. Wall time. */
  async sign(audience: string): Promise<{ token: string; expiresAtMs: number }> {
    const iat = Math.floor(Date.now() / 1000);
    const exp = iat + tokenSeconds;
    const encode = (part: object) => base64url(new TextEncoder().encode(JSON.stringify(part)));
    const text = `${encode({ alg: 'ES256', typ: 'JWT', kid: this.deviceId })}.${encode({ aud: audience, iat, exp })}`;
    const signing = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(signing, this.#privateKey, new TextEncoder().encode(text));
    return { token: `${text}.${base64url(new Uint8Array(signature))}`, expiresAtMs: exp * 1000 };
  }
}

/** Storage of the browser in which a key can lie unread. */
function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('mallway', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('device');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('device', mode);
      const request = ask(transaction.objectStore('device'));
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(request.result as T);
      };
      transaction.onerror = () => reject(transaction.error);
    };
  });
}

import { createHash } from 'node:crypto';

/**
 * Randomness that is a function of its place: the same seed, execution and event give the same numbers, on any
 * machine, before and after a restart, whatever else runs meanwhile.
 */
export class PlacedRandom {
  readonly #place: string;
  #draws = 0;

  constructor(...place: (string | number)[]) {
    this.#place = place.join('\u0000');
  }

  bytes(): Buffer {
    return createHash('sha512')
      .update(`${this.#place}\u0000${this.#draws++}`)
      .digest();
  }

  /** In [0, 1). */
  number(): number {
    return this.bytes().readUIntBE(0, 6) / 2 ** 48;
  }

  uuid(): string {
    const bytes = this.bytes().subarray(0, 16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  /** A task token: opaque, 384 bits. */
  token(): string {
    return `AAAAKgAAAAIAAAAA${this.bytes().subarray(0, 48).toString('base64url')}`;
  }
}

export const TOKEN_PATTERN = /^AAAAKgAAAAIAAAAA[A-Za-z0-9_-]{64}$/;

/** Fields of a protocol buffer message one by one: enough to read the few messages of an OpenStreetMap file. */
export class Message {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Each field's number, with its bytes or its number. */
  *fields(): Generator<{ field: number; bytes: Uint8Array; value: number }> {
    while (this.#at < this.#bytes.length) {
      const tag = this.#varint();
      const [field, wireType] = [tag >> 3, tag & 7];
      if (wireType === 0) yield { field, bytes: nothing, value: this.#varint() };
      else if (wireType === 2) {
        const length = this.#varint();
        yield { field, bytes: this.#bytes.subarray(this.#at, this.#at + length), value: length };
        this.#at += length;
      } else throw new Error(`Wire type ${wireType} is not in these files.`);
    }
  }

  /** Of a packed repeated field. */
  *varints(): Generator<number> {
    while (this.#at < this.#bytes.length) yield this.#varint();
  }

  /** Beyond 32 bits, so without bit operators. */
  #varint(): number {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  }
}

const nothing = new Uint8Array();

export function* signed(values: Iterable<number>): Generator<number> {
  for (const value of values) yield value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

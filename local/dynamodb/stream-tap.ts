import type { StreamConsumer, TableStream } from './table-stream.ts';

/** What changed: the stream's table and the partition key of the item. */
export type ChangeObserver = (streamArn: string, partitionKey: string) => void;

const batch = 1_000;

/** Reads a stream beside its functions and tells what changed: how the living default knows whom to wake. */
export class StreamTap implements StreamConsumer {
  readonly #stream: TableStream;
  readonly #observer: ChangeObserver;
  #position = 0n;

  constructor(stream: TableStream, observer: ChangeObserver) {
    this.#stream = stream;
    this.#observer = observer;
  }

  get position(): bigint {
    return this.#position;
  }

  wake(): void {
    for (let records = this.#next(); records.length > 0; records = this.#next()) {
      for (const { event, sequence } of records) {
        const { Keys } = event.dynamodb as { Keys?: { pk?: { S?: string } } };
        this.#position = sequence;
        if (Keys?.pk?.S) this.#observer(this.#stream.streamArn, Keys.pk.S);
      }
      this.#stream.handled(records.length);
    }
  }

  #next() {
    return this.#stream.after(this.#position, batch);
  }
}

import { createWriteStream, fstatSync, mkdirSync, openSync, renameSync, type WriteStream } from 'node:fs';
import path from 'node:path';
import type { LogSink } from './environment.ts';

interface OpenLog {
  stream: WriteStream;
  bytes: number;
}

/**
 * Appends each function's lines to `<directory>/logs/<function>.log`. A file that reaches `maximumBytes` becomes
 * `<function>.log.1`, so that a demo left running fills no disk.
 */
export class LogFiles {
  readonly #directory: string;
  readonly #maximumBytes: number;
  readonly #open = new Map<string, OpenLog>();

  constructor(directory: string, maximumBytes = 10_000_000) {
    this.#directory = path.join(directory, 'logs');
    this.#maximumBytes = maximumBytes;
    mkdirSync(this.#directory, { recursive: true });
  }

  readonly sink: LogSink = (functionName, requestId, line) => {
    const text = `${requestId ?? '-'} ${line}\n`;
    const log = this.#logOf(functionName);
    log.bytes += Buffer.byteLength(text);
    log.stream.write(text);
  };

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ stream }) => new Promise((resolve) => stream.end(resolve))));
    this.#open.clear();
  }

  #logOf(functionName: string): OpenLog {
    const file = path.join(this.#directory, `${functionName}.log`);
    let log = this.#open.get(functionName);
    if (log && log.bytes >= this.#maximumBytes) {
      log.stream.end();
      renameSync(file, `${file}.1`);
      log = undefined;
    }
    if (!log) {
      const fd = openSync(file, 'a', 0o600);
      log = { stream: createWriteStream(file, { fd }), bytes: fstatSync(fd).size };
      this.#open.set(functionName, log);
    }
    return log;
  }
}

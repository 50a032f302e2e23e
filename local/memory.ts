import { readFileSync } from 'node:fs';

/** Resident memory of a running cloud in MB, by whose it is: this process, the functions' children, the DynamoDB engine. */
export interface MemoryUse {
  host: number;
  functions: number;
  engine: number;
}

export const noMemory: MemoryUse = { host: 0, functions: 0, engine: 0 };

/** 0 where it cannot be read: the process has ended, or the host has no /proc. */
export function residentMb(pid: number | undefined): number {
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return 0;
  }
}

import { readdirSync, readFileSync } from 'node:fs';

/** A process as the kernel knows it: a pid is given again, a pid with its start is not. */
export interface ProcessId {
  pid: number;
  /** Clock ticks after boot. */
  startedAt: number;
  command: string;
}

interface Stat extends ProcessId {
  parent: number;
}

/** Everything that descends from `pid`, which is not itself among it. Linux: read from /proc. */
export function descendantsOf(pid: number): ProcessId[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
  const found: Stat[] = [];
  for (let parents = [pid]; parents.length > 0; ) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map((child) => child.pid);
  }
  return found.map(({ parent: _, ...id }) => id);
}

export function isAlive({ pid, startedAt }: ProcessId): boolean {
  return statOf(pid)?.startedAt === startedAt;
}

/** Null for a process that is gone, or dead and not yet waited for. Source of the fields: proc_pid_stat(5). */
function statOf(pid: number): Stat | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parent: Number(parent), startedAt: Number(rest[17]), command };
  } catch {
    return null;
  }
}

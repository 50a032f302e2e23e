import { aligned } from '../command.ts';
import { accessLimits } from './access-limits.ts';
import { apiLimits } from './api-limits.ts';
import type { AssemblyUnderCheck } from './assembly-under-check.ts';
import { dataLimits } from './data-limits.ts';
import { functionLimits } from './function-limits.ts';
import { check, type Finding, type Limit } from './limit.ts';
import { stackLimits } from './stack-limits.ts';
import { workflowLimits } from './workflow-limits.ts';

export const limits: readonly Limit[] = [
  ...stackLimits,
  ...accessLimits,
  ...functionLimits,
  ...apiLimits,
  ...workflowLimits,
  ...dataLimits,
];

/** Holds an assembly against every limit. */
export function checkLimits(assembly: AssemblyUnderCheck): Finding[] {
  return limits.map((limit) => check(limit, assembly));
}

/** A table of the worst of each kind; kinds the assembly has none of are left out. */
export function limitsTable(findings: Finding[]): string {
  const rows = findings
    .filter(({ worst }) => worst !== undefined)
    .map(({ limit, allowed, worst }) => [limit, grouped(worst!.value), grouped(allowed), worst!.where]);
  return aligned([['limit', 'worst', 'allowed', 'where'], ...rows]);
}

/** A sentence for each breach: what, where, by how much, and the mend. */
export function breachLines(findings: Finding[]): string[] {
  return findings.flatMap(({ limit, allowed, breaches, mend }) =>
    breaches.map(
      ({ where, value, found }) =>
        `${where}: ${grouped(value)} ${limit}, and ${grouped(allowed)} allowed${found ? ` (${found})` : ''}. ${mend}`,
    ),
  );
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

import { aligned } from '../../local/command.ts';
import type { Finding, QueueReport } from './redrive.ts';

/** The reports as lines for people. */
export function reportText(reports: readonly QueueReport[], dryRun: boolean): string {
  const findings = reports.flatMap((report) => report.findings);
  const blocks = reports.map(({ queue, waiting, findings }) => {
    const rows = findings.map((it) => [
      `  ${age(it.ageSeconds)}`,
      it.outcome,
      it.from,
      it.about.join(', ') || '-',
      it.reason,
      it.hint ?? '',
    ]);
    const behind = waiting - findings.length;
    const unseen = behind > 0 ? `  and ${behind} more behind these, or not to be had just now\n` : '';
    return `${queue}: ${findings.length === 0 && behind <= 0 ? 'empty' : ''}\n${aligned(rows)}${unseen}`;
  });
  return `${blocks.join('')}${verdict(findings, dryRun)}\n`;
}

export function isAllWell(reports: readonly QueueReport[]): boolean {
  return reports.every(({ findings }) =>
    findings.every(({ outcome }) => outcome !== 'failed again' && outcome !== 'unknown'),
  );
}

function verdict(findings: readonly Finding[], dryRun: boolean): string {
  if (findings.length === 0) return 'Nothing has failed.';
  const waiting = findings.filter(({ outcome }) => outcome === 'waiting').length;
  const again = findings.filter(({ outcome }) => outcome === 'failed again').length;
  const unknown = findings.filter(({ outcome }) => outcome === 'unknown').length;
  return [
    dryRun && waiting > 0 && `${waiting} wait. Mend the cause first, then: npm run redrive -- --all`,
    !dryRun && `${findings.length - again - unknown} done.`,
    again > 0 && `${again} failed again and stay in the queue: the cause is not mended yet.`,
    unknown > 0 && `${unknown} nobody knows what to do with; they stay in the queue.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function age(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3_600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

import { readFileSync } from 'node:fs';

/** The rows of the first table below a heading of a file in docs, without the row that sums them up; bold and grouping taken away. */
export function tableBelow(heading: string, file = 'cost.md'): Record<string, string>[] {
  const { columns, rows } = parsed(heading, file);
  return rows.filter(([first]) => first !== 'sum').map((row) => named(columns, row));
}

/** The row that sums up a table of docs/cost.md. */
export function sumBelow(heading: string): Record<string, string> {
  const { columns, rows } = parsed(heading, 'cost.md');
  const sum = rows.find(([first]) => first === 'sum');
  if (!sum) throw new Error(`docs/cost.md: the table below "${heading}" has no sum.`);
  return named(columns, sum);
}

/** The figure in a cell; none is 0. */
export function figure(cell: string | undefined): number {
  const value = Number((cell ?? '').replaceAll(',', ''));
  if (Number.isNaN(value)) throw new Error(`"${cell}" in docs is no figure.`);
  return value;
}

function parsed(heading: string, file: string): { columns: string[]; rows: string[][] } {
  const document = `\n${readFileSync(new URL(`../../../docs/${file}`, import.meta.url), 'utf8')}`;
  const [, section] = document.split(`\n${heading}\n`);
  const lines = section
    ?.split('\n## ')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('|'));
  const [columns, , ...rows] = (lines ?? []).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.replaceAll('**', '').trim()),
  );
  if (!columns) throw new Error(`docs/${file} has no table below "${heading}".`);
  return { columns, rows };
}

function named(columns: string[], row: string[]): Record<string, string> {
  return Object.fromEntries(columns.map((column, index) => [column, row[index] ?? '']));
}

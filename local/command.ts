/** The frame of a command: its errors are one sentence with the remedy, never a stack. */
export async function runCommand(
  usage: string,
  run: () => Promise<{ usage: boolean } | undefined | undefined>,
): Promise<void> {
  try {
    const wrong = await run();
    if (!wrong) return;
    (wrong.usage ? process.stdout : process.stderr).write(`${usage}\n`);
    if (!wrong.usage) process.exitCode = 2;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${process.env.MALLWAY_TRACE && error instanceof Error ? error.stack : message}\n`);
    process.exitCode = 1;
  }
}

/** Rows as lines with aligned columns. */
export function aligned(rows: string[][]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, text] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, text.length);
  return rows
    .map(
      (row) =>
        `${row.map((text, column) => (column === row.length - 1 ? text : text.padEnd(widths[column]!))).join('  ')}\n`,
    )
    .join('');
}

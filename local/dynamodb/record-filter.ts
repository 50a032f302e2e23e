import { z } from 'zod';

/**
 * The part of Lambda's event filtering that is emulated: literals and prefixes of strings, at any depth.
 * Source: "Control which events Lambda sends to your function", Lambda Developer Guide.
 */
type Pattern = { [property: string]: Pattern | (string | { prefix: string })[] };

const choices = z.array(z.union([z.string(), z.strictObject({ prefix: z.string() })])).min(1);
const pattern: z.ZodType<Pattern> = z.lazy(() => z.record(z.string(), z.union([choices, pattern])));

/** A `Pattern` of FilterCriteria: JSON text that uses what is emulated, and nothing else. */
export const filterPattern = z.string().refine((text) => pattern.safeParse(parsed(text)).success, {
  message: 'must be a pattern of literal strings and {"prefix"}; other comparisons are not emulated',
});

/** Whether a record passes: one of the patterns has to match, and without any everything does. */
export function recordFilter(texts: string[]): (record: unknown) => boolean {
  const patterns = texts.map((text) => pattern.parse(parsed(text)));
  return (record) => patterns.length === 0 || patterns.some((one) => matches(one, record));
}

function matches(wanted: Pattern, value: unknown): boolean {
  return Object.entries(wanted).every(([property, inside]) => {
    const found = (value as Record<string, unknown> | undefined)?.[property];
    return Array.isArray(inside) ? inside.some((choice) => isChoice(choice, found)) : matches(inside, found);
  });
}

function isChoice(choice: string | { prefix: string }, found: unknown): boolean {
  if (typeof found !== 'string') return false;
  return typeof choice === 'string' ? found === choice : found.startsWith(choice.prefix);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

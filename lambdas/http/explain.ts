import type * as z from 'zod/mini';

/** Says what a field must be, so that whoever sent it can mend it. Used where a schema has no words of its own. */
export function explain(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? `is missing: ${mustBe(issue.expected)}` : mustBe(issue.expected);
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must ${bound(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, 'at most', issue.maximum)}`;
    case 'invalid_union':
      return issue.discriminator ? `has a ${issue.discriminator} that is not known here` : 'is of no kind known here';
    case 'invalid_format':
      return `must be a valid ${issue.format}`;
    case 'invalid_key':
      return 'has a key that is not possible here';
    default:
      return;
  }
}

const measures: Record<string, string> = { string: 'character', array: 'item' };

function bound(origin: string, direction: string, limit: number | bigint): string {
  const measure = measures[origin];
  return measure ? `have ${direction} ${limit} ${measure}${limit === 1 ? '' : 's'}` : `be ${direction} ${limit}`;
}

const names: Record<string, string> = {
  int: 'a whole number',
  nan: 'a number',
  object: 'an object',
  array: 'a list',
  tuple: 'a list',
  record: 'an object',
  undefined: 'left out',
  null: 'null',
};

function mustBe(expected: string): string {
  return `must be ${names[expected] ?? `a ${expected}`}`;
}

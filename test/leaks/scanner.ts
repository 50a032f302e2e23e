import { createHash } from 'node:crypto';

/** Something that must be nowhere but where it is kept on purpose. */
export interface Secret {
  what: string;
  value: string;
  /** Random enough that a hash of it tells nobody anything. */
  isUnguessable?: boolean;
}

/** A place where texts end up, with what was found there. */
export interface Sink {
  where: string;
  text: string;
}

export interface Finding {
  what: string;
  where: string;
  /** How it was written, and what stood around it. */
  as: string;
  around: string;
}

const shown = 40;

/** Every secret that stands in a sink, plain or in one of the forms in which it could still be read or matched. */
export function findLeaks(secrets: readonly Secret[], sinks: readonly Sink[]): Finding[] {
  const forms = secrets.flatMap((secret) =>
    formsOf(secret).map(([as, pattern]) => ({ what: secret.what, as, pattern })),
  );
  return sinks.flatMap(({ where, text }) =>
    forms.flatMap(({ what, as, pattern }) => {
      const at = text.search(pattern);
      return at < 0 ? [] : [{ what, where, as, around: text.slice(Math.max(0, at - shown), at + shown) }];
    }),
  );
}

function formsOf({ value, isUnguessable }: Secret): [as: string, pattern: RegExp][] {
  const once = escaped(value);
  const digest = createHash('sha256').update(value).digest();
  const texts: [string, string][] = [
    ...(isUnguessable ? [] : (['hex', 'base64', 'base64url'] as const)).map((encoding): [string, string] => [
      `unsalted SHA-256, ${encoding}`,
      digest.toString(encoding),
    ]),
    ...[0, 1, 2].map((shift): [string, string] => ['base64', inBase64(value, shift)]),
    ['JSON in JSON in JSON', escaped(once)],
    ['JSON in JSON', once],
    ['form-encoded', encodeURIComponent(value).replaceAll('%20', '+')],
    ['URL-encoded', encodeURIComponent(value)],
    ['plain', value],
  ];
  const each = new Map(texts.map(([as, text]) => [text, as]));
  return [...each].map(([text, as]) => [as, whole(text)]);
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** What the value becomes in the middle of a longer text, whatever stands before and after it. */
function inBase64(value: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
  const usable = bytes.subarray(0, bytes.length - (bytes.length % 3));
  return usable.toString('base64').slice(shift === 0 ? 0 : 4);
}

/** A number is not found within a longer one, nor a word in a longer word. */
function whole(text: string): RegExp {
  const literal = text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(/^\d+$/.test(text) ? `(?<![\\d.])${literal}(?!\\d)` : literal, 'i');
}

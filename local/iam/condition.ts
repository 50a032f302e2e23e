import { matchesArn, matchesWildcard } from './wildcard.ts';

/** What is known of a request by condition key, in lower case; a key that is absent has no value. */
export type Context = Readonly<Record<string, readonly string[]>>;

export interface Condition {
  operator: string;
  /** Lower case. */
  key: string;
  values: string[];
  /** How a key with several values is compared. */
  set: 'all' | 'any' | undefined;
  /** `...IfExists`: met where the key is absent. */
  ifExists: boolean;
}

type Compare = (wanted: string, actual: string) => boolean;

const same: Compare = (wanted, actual) => wanted === actual;
const sameIgnoringCase: Compare = (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase();
const number =
  (compare: (wanted: number, actual: number) => boolean): Compare =>
  (wanted, actual) =>
    compare(Number(wanted), Number(actual));

/** Condition operators; `negated` ones are met when no value matches, also where the key is absent. */
const operators: Record<string, { compare: Compare; negated?: true }> = {
  StringEquals: { compare: same },
  StringNotEquals: { compare: same, negated: true },
  StringEqualsIgnoreCase: { compare: sameIgnoringCase },
  StringNotEqualsIgnoreCase: { compare: sameIgnoringCase, negated: true },
  StringLike: { compare: matchesWildcard },
  StringNotLike: { compare: matchesWildcard, negated: true },
  ArnEquals: { compare: matchesArn },
  ArnLike: { compare: matchesArn },
  ArnNotEquals: { compare: matchesArn, negated: true },
  ArnNotLike: { compare: matchesArn, negated: true },
  Bool: { compare: sameIgnoringCase },
  NumericEquals: { compare: number((wanted, actual) => actual === wanted) },
  NumericLessThan: { compare: number((wanted, actual) => actual < wanted) },
  NumericLessThanEquals: { compare: number((wanted, actual) => actual <= wanted) },
  NumericGreaterThan: { compare: number((wanted, actual) => actual > wanted) },
  NumericGreaterThanEquals: { compare: number((wanted, actual) => actual >= wanted) },
};

/** The condition keys whose values are known here, in lower case; those that end in `/` or `:` go on with a name. */
const keys = [
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:viaawsservice',
  'dynamodb:attributes',
  'dynamodb:enclosingoperation',
  'dynamodb:leadingkeys',
  'dynamodb:returnvalues',
  'dynamodb:select',
  'kms:calleraccount',
  'kms:encryptioncontext:',
  'kms:viaservice',
  's3:prefix',
  'states:statemachinequalifier',
];

/**
 * Reads the element `Condition` of a statement. Throws where it has an operator or a key that is not modelled: such a
 * condition can be neither met nor failed honestly.
 */
export function parseConditions(element: unknown, origin: string): Condition[] {
  return Object.entries((element ?? {}) as Record<string, Record<string, unknown>>).flatMap(([given, block]) =>
    Object.entries(block).map(([key, values]) => {
      const [, set, operator, ifExists] = /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(given) ?? [];
      if (!operator || (operator !== 'Null' && !Object.hasOwn(operators, operator))) {
        throw new Error(`${origin}: the condition operator ${given} is not modelled; see local/iam/condition.ts.`);
      }
      if (!isKnown(key.toLowerCase())) {
        throw new Error(`${origin}: the condition key ${key} is not modelled; see local/iam/condition.ts.`);
      }
      return {
        operator,
        key: key.toLowerCase(),
        values: [values].flat().map(String),
        set: set ? (set === 'ForAllValues:' ? 'all' : 'any') : undefined,
        ifExists: ifExists !== undefined,
      };
    }),
  );
}

function isKnown(key: string): boolean {
  return keys.some((known) =>
    known.endsWith(':') ? key.startsWith(known) && key.length > known.length : key === known,
  );
}

export function isMet({ operator, key, values, set, ifExists }: Condition, context: Context): boolean {
  const actual = context[key] ?? [];
  if (operator === 'Null') return values.some((wanted) => (wanted === 'true') === (actual.length === 0));
  const { compare, negated } = operators[operator]!;
  if (actual.length === 0) return ifExists || set === 'all' || (negated === true && set !== 'any');
  const holds = (value: string) => values.some((wanted) => compare(wanted, value)) !== (negated === true);
  return set === 'any' ? actual.some(holds) : actual.every(holds);
}

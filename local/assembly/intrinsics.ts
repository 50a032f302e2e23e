/** What an intrinsic function may refer to. Each throws when the thing does not exist. */
export interface References {
  /** `Ref` of a parameter, pseudo parameter or resource. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  importValue(exportName: string): unknown;
  mapping(map: string, first: string, second: string): unknown;
  condition(name: string): boolean;
}

/** What `AWS::NoValue` resolves to: the property that holds it is left out. */
export const noValue: unique symbol = Symbol('AWS::NoValue');

const functionName = /^(Ref|Condition|Fn::.+)$/;

/** Replaces every intrinsic function in `value`. `where` names the place for messages. */
export function resolve(value: unknown, references: References, where: string): unknown {
  if (Array.isArray(value)) {
    return value.map((part) => resolve(part, references, where)).filter((part) => part !== noValue);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first && entries.length === 1 && functionName.test(first[0]) && isCall(first[0], first[1])) {
    return call(first[0], first[1], references, where);
  }
  return Object.fromEntries(
    entries
      .map(([name, part]) => [name, resolve(part, references, where)] as const)
      .filter(([, part]) => part !== noValue),
  );
}

/** `{Condition: ...}` in a policy statement is data; as an intrinsic function it names a condition of the template. */
function isCall(name: string, argument: unknown): boolean {
  return name !== 'Condition' || typeof argument === 'string';
}

function call(name: string, argument: unknown, references: References, where: string): unknown {
  const part = (value: unknown) => resolve(value, references, where);
  const text = (value: unknown): string => {
    const resolved = part(value);
    if (typeof resolved === 'string' || typeof resolved === 'number') return String(resolved);
    throw new Error(`${where}: ${name} needs text, and got ${JSON.stringify(resolved)}.`);
  };
  const list = (value: unknown, length?: number): unknown[] => {
    const resolved = Array.isArray(value) ? value : part(value);
    if (Array.isArray(resolved) && (length === undefined || resolved.length === length)) return resolved;
    throw new Error(`${where}: ${name} has malformed arguments ${JSON.stringify(value)}.`);
  };
  switch (name) {
    case 'Ref':
      return argument === 'AWS::NoValue' ? noValue : references.ref(text(argument));
    case 'Fn::GetAtt': {
      const [logicalId, ...attribute] = typeof argument === 'string' ? argument.split('.') : list(argument).map(text);
      return references.attribute(logicalId ?? '', attribute.join('.'));
    }
    case 'Fn::ImportValue':
      return references.importValue(text(argument));
    case 'Fn::Join': {
      const [separator, parts] = list(argument, 2);
      return (part(parts) as unknown[]).map(text).join(text(separator));
    }
    case 'Fn::Split': {
      const [separator, whole] = list(argument, 2);
      return text(whole).split(text(separator));
    }
    case 'Fn::Select': {
      const [index, parts] = list(argument, 2);
      const selected = (part(parts) as unknown[])[Number(text(index))];
      if (selected === undefined) throw new Error(`${where}: Fn::Select finds nothing at ${text(index)}.`);
      return selected;
    }
    case 'Fn::Sub':
      return substitute(argument, { references, where, text });
    case 'Fn::FindInMap': {
      const [map, first, second] = list(argument, 3).map(text);
      return references.mapping(map ?? '', first ?? '', second ?? '');
    }
    case 'Fn::Base64':
      return Buffer.from(text(argument)).toString('base64');
    case 'Fn::If': {
      const [condition, yes, no] = list(argument, 3);
      return part(references.condition(text(condition)) ? yes : no);
    }
    case 'Condition':
      return references.condition(text(argument));
    case 'Fn::Equals': {
      const [left, right] = list(argument, 2).map(part);
      return JSON.stringify(left) === JSON.stringify(right);
    }
    case 'Fn::And':
      return list(argument).every((one) => part(one) === true);
    case 'Fn::Or':
      return list(argument).some((one) => part(one) === true);
    case 'Fn::Not':
      return part(list(argument, 1)[0]) !== true;
    default:
      throw new Error(
        `${where}: the intrinsic function ${name} is not emulated; local/assembly/intrinsics.ts has those that are.`,
      );
  }
}

function substitute(
  argument: unknown,
  { references, where, text }: { references: References; where: string; text: (value: unknown) => string },
): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof template !== 'string') throw new Error(`${where}: Fn::Sub needs text.`);
  return template.replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text((variables as Record<string, unknown>)[name]);
    const [logicalId, ...attribute] = name.split('.');
    return String(attribute.length > 0 ? references.attribute(logicalId!, attribute.join('.')) : references.ref(name));
  });
}

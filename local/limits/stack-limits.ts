import { bytes, type Limit } from './limit.ts';

const quotas = 'CloudFormation User Guide, "Understand CloudFormation quotas"';

export const stackLimits: Limit[] = [
  {
    name: 'resources in a stack',
    allowed: 500,
    source: quotas,
    mend: 'Move a part that changes by itself into a stack of its own in bin/mallway.ts.',
    measure: ({ stacks }) =>
      stacks.map(({ name, template }) => ({ where: name, value: Object.keys(template.Resources).length })),
  },
  {
    name: 'bytes of a template',
    allowed: 1_000_000,
    source: quotas,
    mend: 'Move a part into a stack of its own in bin/mallway.ts; a long workflow definition may come from S3.',
    measure: ({ stacks }) => stacks.map(({ name, template }) => ({ where: name, value: bytes(asWritten(template)) })),
  },
  ...(['Parameters', 'Outputs', 'Mappings'] as const).map(
    (section): Limit => ({
      name: `${section.toLowerCase()} of a stack`,
      allowed: 200,
      source: quotas,
      mend: `Take ${section.toLowerCase()} away from the stack, or split the stack.`,
      measure: ({ stacks }) =>
        stacks.map(({ name, template }) => ({ where: name, value: Object.keys(template[section] ?? {}).length })),
    }),
  ),
  {
    name: 'dynamic references of a template',
    allowed: 60,
    source: 'CloudFormation User Guide, "Get values stored in other services using dynamic references"',
    mend: 'Hand the value on in a parameter of SSM, or let fewer functions have it.',
    measure: ({ stacks }) =>
      stacks.map(({ name, template }) => ({
        where: name,
        value: asWritten(template).split('{{resolve:').length - 1,
      })),
  },
  {
    name: "characters of a parameter's description",
    allowed: 4_000,
    source: 'CloudFormation User Guide, "Parameters syntax"',
    mend: 'Shorten the description of the parameter.',
    measure: ({ stacks }) =>
      stacks.flatMap(({ name, template }) =>
        Object.entries(template.Parameters ?? {}).map(([parameter, { Description = '' }]) => ({
          where: `${name}/${parameter}`,
          value: Description.length,
        })),
      ),
  },
];

/** The text that is uploaded: CDK indents by one. */
function asWritten(template: object): string {
  return JSON.stringify(template, undefined, 1);
}

import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import { type Stage, sharedAssembly } from '../assembly.ts';

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties of any resource type
  Properties: any;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  DependsOn?: string[];
}

export interface Template {
  Resources: Record<string, Resource>;
  Parameters?: Record<string, { Type: string; Default?: string }>;
  Outputs?: Record<string, { Value: object; Export?: { Name: string } }>;
}

export const stacks = ['web', 'people', 'data', 'dispatch', 'lifecycle', 'api', 'pages', 'operations'] as const;
export type StackName = (typeof stacks)[number];

/** What `node bin/mallway.ts` wrote for one stage. */
export class Assembly {
  readonly directory: string;
  readonly stage: string;

  constructor(directory: string, stage: string) {
    this.directory = directory;
    this.stage = stage;
  }

  read<T>(file: string): T {
    return JSON.parse(readFileSync(path(this.directory, file), 'utf8')) as T;
  }

  template(stack: StackName): Template {
    return this.read(`mallway-${this.stage}-${stack}.template.json`);
  }

  /** Resources of a type by logical id. */
  resources(stack: StackName, type: string): [string, Resource][] {
    return Object.entries(this.template(stack).Resources).filter(([, resource]) => resource.Type === type);
  }

  all(type: string): [string, Resource][] {
    return stacks.flatMap((stack) => this.resources(stack, type));
  }

  /** The one resource of a type with the logical id `id`, leaving out what CDK adds to make it unique. */
  resource(stack: StackName, type: string, id: string): Resource {
    const found = this.resources(stack, type).filter(([logicalId]) => unhashed(logicalId) === id);
    if (found.length !== 1) throw new Error(`${found.length} resources ${type} named ${id} in ${stack}`);
    return found[0]![1];
  }

  /** What `fn` may do: `action` on the last part of each resource it names. */
  permissions(stack: StackName, fn: string): string[] {
    const { PolicyDocument } = this.resource(stack, 'AWS::IAM::Policy', `${fn}RoleDefaultPolicy`).Properties;
    return PolicyDocument.Statement.flatMap((statement: { Action: string | string[]; Resource: unknown }) =>
      [statement.Action].flat().flatMap((action) => [statement.Resource].flat().map((on) => `${action} ${brief(on)}`)),
    ).sort();
  }
}

/** A logical id without the eight digits CDK adds to make it unique. */
export function unhashed(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

/** Of the sources as they are; `more` is given with `-c`. */
export async function assemblyOf(stage: Stage, more: Record<string, string> = {}): Promise<Assembly> {
  return new Assembly(await sharedAssembly(stage, more), stage);
}

/** Puts an intrinsic string together; `name` says what a logical id stands for. */
export function join(value: unknown, name: (logicalId: string) => string): string {
  if (typeof value === 'string') return value;
  const [[intrinsic, argument] = ['', '']] = Object.entries(value as object) as [string, unknown][];
  if (intrinsic === 'Fn::Join') return (argument as [string, unknown[]])[1].map((part) => join(part, name)).join('');
  if (intrinsic === 'Fn::GetAtt') return name((argument as string[])[0]!);
  if (intrinsic === 'Ref') return name(argument as string);
  if (intrinsic === 'Fn::ImportValue') return name(argument as string);
  throw new Error(`Cannot put ${JSON.stringify(value)} together`);
}

/** `orders`, `orders/index/lists`, `Proofs/proofs/*`: the readable middle of names that CDK makes unique. */
function brief(resource: unknown): string {
  return join(resource, (id) =>
    id
      .replace(/^mallway-[a-z]+-[a-z]+:ExportsOutput(Ref|FnGetAtt)/, '')
      .replace(/^mallway-[a-z]+-data-proofs$/, 'Proofs')
      .replace(/(Arn)?[0-9A-F]{8}.*$/, '')
      .replace(/^(Orders|Fleet)StreamArn$/, (_, table: string) => table.toLowerCase())
      .replace(/(?<=Queue)Arn$/, ''),
  );
}

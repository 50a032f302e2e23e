import { z } from 'zod';
import { readAssembly, type Stack } from './assembly.ts';
import { deployTimeIds } from './deploy-time.ts';
import { pseudoParameters } from './home.ts';
import { type References, resolve } from './intrinsics.ts';
import type { Identity, ResourceType, Urls } from './resource-type.ts';
import { type PropertiesOf, type ResourceTypeName, resourceTypes } from './resource-types.ts';
import { drawSecret, resolveSecrets, secret } from './secret-types.ts';
import type { TemplateParameter, TemplateResource } from './template.ts';

/** One resource of a template, resolved and checked. */
export interface Resource<Type extends ResourceTypeName = ResourceTypeName> {
  stack: string;
  logicalId: string;
  type: Type;
  /** The physical name. */
  name: string;
  /** What `Ref` gives. */
  ref: string;
  properties: PropertiesOf<Type>;
}

export interface DeploymentOptions {
  /** What `cdk synth` wrote. */
  directory: string;
  /** Values of CfnParameters by name; every stack that has the parameter gets the value. */
  parameters: Record<string, string>;
  /** Values for parameters that were given none; a template need not have them. */
  defaults?: Record<string, string>;
  urls: Urls;
  /** The value of a secret by its ARN, drawn where there is none yet; new ones for this reading unless told. */
  secretValue?: (arn: string, draw: () => string) => string;
}

/** All stacks of a cloud assembly as if they were deployed: every name given, every reference resolved. */
export class Deployment {
  readonly resources: Resource[] = [];
  readonly outputs: Record<string, Record<string, unknown>> = {};
  readonly urls: Urls;
  readonly #identities = new Map<string, Identity & { definition: ResourceType }>();
  readonly #assets: Map<string, string>;

  constructor(options: DeploymentOptions) {
    this.urls = options.urls;
    const { stacks, assets } = readAssembly(options.directory);
    this.#assets = assets;
    checkParameters(stacks, options);
    const resolved = { secretValue: drawnOnce(), ...options };
    const resolvers = new Map(stacks.map((stack) => [stack.name, new StackResolver(stack, resolved)]));
    for (const resolver of resolvers.values()) resolver.others = resolvers;
    for (const resolver of resolvers.values()) {
      for (const identity of resolver.identities()) {
        this.#identities.set(`${identity.stack}/${identity.logicalId}`, identity);
        this.resources.push(checked(identity, resolver.typeOf(identity.logicalId)));
      }
      this.outputs[resolver.stack.name] = resolver.outputs();
    }
  }

  ofType<Type extends ResourceTypeName>(type: Type): Resource<Type>[] {
    return this.resources.filter((resource) => resource.type === type) as unknown as Resource<Type>[];
  }

  /** What `Fn::GetAtt` gives. */
  attribute(resource: Pick<Resource, 'stack' | 'logicalId'>, attribute: string): string {
    return attributeOf(this.#identities.get(`${resource.stack}/${resource.logicalId}`)!, attribute);
  }

  /** The folder of a file asset by its key in the assets bucket. */
  asset(objectKey: string): string {
    const path = this.#assets.get(objectKey);
    if (!path) throw new Error(`The assembly holds no asset ${objectKey}; synthesise it again.`);
    return path;
  }
}

/** Draws each secret at its first reading. */
function drawnOnce(): NonNullable<DeploymentOptions['secretValue']> {
  const drawn = new Map<string, string>();
  return (arn, draw) => {
    const value = drawn.get(arn) ?? draw();
    drawn.set(arn, value);
    return value;
  };
}

function checked(identity: Identity & { definition: ResourceType }, type: ResourceTypeName): Resource {
  const { stack, logicalId, name, definition } = identity;
  const parsed = definition.properties.safeParse(identity.properties());
  if (!parsed.success) {
    throw new Error(
      `${stack}/${logicalId} (${type}) has properties that are not emulated: ${z.prettifyError(parsed.error)}\n` +
        'Emulate them, or say in local/assembly/resource-types.ts why they mean nothing here.',
    );
  }
  return {
    stack,
    logicalId,
    type,
    name,
    ref: definition.ref(identity),
    properties: parsed.data as Resource['properties'],
  };
}

function attributeOf(identity: Identity & { definition: ResourceType }, attribute: string): string {
  const attributes = identity.definition.attributes;
  const read = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
  if (read) return read(identity);
  throw new Error(
    `${identity.stack}/${identity.logicalId}: its attribute ${attribute} is not emulated; add it in local/assembly/resource-types.ts.`,
  );
}

/** Resolves what one template says; names and properties on demand, as they may need each other. */
class StackResolver {
  readonly stack: Stack;
  others: Map<string, StackResolver> = new Map();
  readonly #options: Required<Pick<DeploymentOptions, 'secretValue'>> & DeploymentOptions;
  readonly #identities = new Map<string, Identity & { definition: ResourceType }>();
  readonly #conditions = new Map<string, boolean>();
  readonly #resolving = new Set<string>();

  constructor(stack: Stack, options: Required<Pick<DeploymentOptions, 'secretValue'>> & DeploymentOptions) {
    this.stack = stack;
    this.#options = options;
  }

  *identities(): Iterable<Identity & { definition: ResourceType }> {
    const { Resources } = this.stack.template;
    const deployTime = deployTimeIds(Resources);
    for (const [logicalId, resource] of Object.entries(Resources)) {
      if (deployTime.has(logicalId)) continue;
      if (resource.Condition && !this.#references.condition(resource.Condition)) continue;
      yield this.#identity(logicalId);
    }
  }

  typeOf(logicalId: string): ResourceTypeName {
    return this.stack.template.Resources[logicalId]!.Type as ResourceTypeName;
  }

  outputs(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.stack.template.Outputs ?? {})
        .filter(([, output]) => !output.Condition || this.#references.condition(output.Condition))
        .map(([name, output]) => [name, this.#resolve(output.Value, `output ${name}`)]),
    );
  }

  /** The value this stack exports under `name`, if it does. */
  exported(name: string): unknown {
    for (const [output, { Export, Value, Condition }] of Object.entries(this.stack.template.Outputs ?? {})) {
      if (!Export || (Condition && !this.#references.condition(Condition))) continue;
      if (this.#resolve(Export.Name, `output ${output}`) === name) return this.#resolve(Value, `output ${output}`);
    }
    return undefined;
  }

  readonly #references: References = {
    ref: (name) => {
      if (name === 'AWS::StackName') return this.stack.name;
      if (name === 'AWS::StackId')
        return `arn:aws:cloudformation:us-east-1:000000000000:stack/${this.stack.name}/local`;
      if (Object.hasOwn(pseudoParameters, name)) return pseudoParameters[name];
      const parameter = this.stack.template.Parameters?.[name];
      if (parameter) return this.#parameter(name, parameter);
      const identity = this.#identity(name);
      return identity.definition.ref(identity);
    },
    attribute: (logicalId, attribute) => attributeOf(this.#identity(logicalId), attribute),
    importValue: (name) => {
      for (const other of this.others.values()) {
        const value = other.exported(name);
        if (value !== undefined) return value;
      }
      throw new Error(`Stack ${this.stack.name} imports ${name}, which no stack exports.`);
    },
    mapping: (map, first, second) => {
      const value = this.stack.template.Mappings?.[map]?.[first]?.[second];
      if (value === undefined) throw new Error(`Stack ${this.stack.name}: mapping ${map} has no ${first}/${second}.`);
      return value;
    },
    condition: (name) => {
      const known = this.#conditions.get(name);
      if (known !== undefined) return known;
      const expression = this.stack.template.Conditions?.[name];
      if (expression === undefined) throw new Error(`Stack ${this.stack.name} has no condition ${name}.`);
      const holds = this.#resolve(expression, `condition ${name}`) === true;
      this.#conditions.set(name, holds);
      return holds;
    },
  };

  /** The value of the SSM parameter `name`, if a resource of this stack is it. */
  kept(name: string): string | undefined {
    const found = Object.keys(this.stack.template.Resources)
      .filter((logicalId) => this.typeOf(logicalId) === 'AWS::SSM::Parameter')
      .map((logicalId) => this.#identity(logicalId))
      .find((identity) => identity.name === name);
    return found && attributeOf(found, 'Value');
  }

  /** The value of the secret of this stack with the ARN or name `id`, if it has one. */
  secret(id: string): string | undefined {
    const found = Object.keys(this.stack.template.Resources)
      .filter((logicalId) => this.typeOf(logicalId) === 'AWS::SecretsManager::Secret')
      .map((logicalId) => this.#identity(logicalId))
      .find((identity) => identity.name === id || identity.definition.ref(identity) === id);
    if (!found) return undefined;
    const { GenerateSecretString } = secret.properties.parse(found.properties());
    return this.#options.secretValue(found.definition.ref(found), () => drawSecret(GenerateSecretString));
  }

  #secretAnywhere(id: string): string {
    for (const other of this.others.values()) {
      const value = other.secret(id);
      if (value !== undefined) return value;
    }
    throw new Error(`Stack ${this.stack.name} refers to the secret ${id}, which no stack has.`);
  }

  #parameter(name: string, parameter: TemplateParameter): unknown {
    const value = isKept(parameter)
      ? (givenValue(name, this.#options) ?? this.#keptAnywhere(parameter))
      : parameterValue(name, parameter, this.#options);
    if (value === undefined) throw new Error(`Stack ${this.stack.name} needs a value for its parameter ${name}.`);
    return parameter.Type.startsWith('List<') || parameter.Type === 'CommaDelimitedList' ? value.split(',') : value;
  }

  #keptAnywhere({ Default = '' }: TemplateParameter): string | undefined {
    for (const other of this.others.values()) {
      const value = other.kept(Default);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  #identity(logicalId: string): Identity & { definition: ResourceType } {
    const known = this.#identities.get(logicalId);
    if (known) return known;
    const resource = this.stack.template.Resources[logicalId];
    if (!resource) throw new Error(`Stack ${this.stack.name} refers to ${logicalId}, which it does not have.`);
    const definition = this.#definition(logicalId, resource);
    const where = `${this.stack.name}/${logicalId}`;
    if (this.#resolving.has(logicalId)) throw new Error(`${where}: its name depends on itself.`);
    this.#resolving.add(logicalId);
    const given = definition.nameProperty ? resource.Properties?.[definition.nameProperty] : undefined;
    const resolved = given === undefined ? undefined : this.#resolve(given, where);
    const identity = {
      stack: this.stack.name,
      logicalId,
      definition,
      urls: this.#options.urls,
      name:
        typeof resolved === 'string' ? resolved : definition.defaultName(this.stack.name, logicalId) + suffix(resource),
      properties: () => {
        const resolved = this.#resolve(resource.Properties ?? {}, where);
        return resolveSecrets(resolved, (id) => this.#secretAnywhere(id), where) as Record<string, unknown>;
      },
    };
    this.#resolving.delete(logicalId);
    this.#identities.set(logicalId, identity);
    return identity;
  }

  #definition(logicalId: string, { Type }: TemplateResource): ResourceType {
    const types: Record<string, ResourceType> = resourceTypes;
    const definition = Object.hasOwn(types, Type) ? types[Type] : undefined;
    if (definition) return definition;
    throw new Error(
      `${this.stack.name}/${logicalId} is a ${Type}, which the embedded cloud does not know. ` +
        'Emulate it, or say in local/assembly/resource-types.ts why it means nothing here.',
    );
  }

  #resolve(value: unknown, where: string): unknown {
    return resolve(value, this.#references, `${this.stack.name}/${where}`);
  }
}

/** CloudFormation ends the names it makes for FIFO queues as SQS demands. */
function suffix({ Type, Properties }: TemplateResource): string {
  return Type === 'AWS::SQS::Queue' && Properties?.FifoQueue === true ? '.fifo' : '';
}

/** Parameters CDK adds by itself, about a bootstrap stack nobody has here. */
const bootstrapParameter = 'BootstrapVersion';

type Values = Pick<DeploymentOptions, 'parameters' | 'defaults'>;

function parameterValue(name: string, parameter: TemplateParameter, values: Values): string | undefined {
  return givenValue(name, values) ?? parameter.Default;
}

function givenValue(name: string, { parameters, defaults = {} }: Values): string | undefined {
  return parameters[name] ?? defaults[name];
}

/** Whether CloudFormation reads the value from SSM at each deployment; then `Default` is the name there. */
function isKept({ Type }: TemplateParameter): boolean {
  return Type.startsWith('AWS::SSM::Parameter::Value<');
}

function checkParameters(stacks: Stack[], values: Values): void {
  const known = new Set(stacks.flatMap(({ template }) => Object.keys(template.Parameters ?? {})));
  const unknown = Object.keys(values.parameters).find((name) => !known.has(name));
  if (unknown) throw new Error(`No stack has a parameter ${unknown}.`);
  for (const { name: stack, template } of stacks) {
    for (const [name, parameter] of Object.entries(template.Parameters ?? {})) {
      if (name === bootstrapParameter) continue;
      if (isKept(parameter)) continue;
      const value = parameterValue(name, parameter, values);
      if (value === undefined) throw new Error(`Stack ${stack} needs a value for its parameter ${name}.`);
      const { AllowedPattern, AllowedValues, ConstraintDescription } = parameter;
      const isAllowed =
        (!AllowedPattern || new RegExp(`^(?:${AllowedPattern})$`).test(value)) &&
        (!AllowedValues || AllowedValues.includes(value));
      if (!isAllowed) {
        throw new Error(
          `Parameter ${name} of stack ${stack}: "${value}" ${ConstraintDescription ?? `must be ${AllowedPattern ?? AllowedValues}`}.`,
        );
      }
    }
  }
}

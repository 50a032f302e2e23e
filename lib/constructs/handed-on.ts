import { CfnParameter, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { IConstruct } from 'constructs';
import type { Settings } from '../settings.ts';

/**
 * A value that other stacks read by its name at each deployment. It may change when its resource is replaced, which an
 * export forbids while anybody imports it.
 */
export class HandedOn {
  readonly #owner: Stack;
  readonly #id: string;
  readonly #value: string;
  readonly #name: string;

  constructor(owner: Stack, id: string, { settings, value }: { settings: Settings; value: string }) {
    this.#owner = owner;
    this.#id = id;
    this.#value = value;
    this.#name = `/mallway/${settings.stage}/${kebab(id)}`;
    new StringParameter(owner, `${id}Parameter`, { parameterName: this.#name, stringValue: value });
  }

  /** The value as the stack of `reader` has it. */
  in(reader: IConstruct): string {
    const stack = Stack.of(reader);
    if (stack === this.#owner) return this.#value;
    const known = stack.node.tryFindChild(this.#id) as CfnParameter | undefined;
    if (known) return known.valueAsString;
    stack.addStackDependency(this.#owner);
    return new CfnParameter(stack, this.#id, {
      type: 'AWS::SSM::Parameter::Value<String>',
      description: `Name of the SSM parameter that holds ${this.#id} of ${this.#owner.stackName}`,
      default: this.#name,
    }).valueAsString;
  }
}

function kebab(id: string): string {
  return id.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

/** One step of a smoke test, with what a person needs when it fails. */
export interface Step {
  name: string;
  expected: string;
  lookAt: string;
}

export class StepFailed extends Error {
  readonly step: Step;

  constructor(step: Step, cause: unknown) {
    const found = cause instanceof Error ? cause.message : String(cause);
    super(`FAILED: ${step.name}\n  expected: ${step.expected}\n  found:    ${found}\n  look at:  ${step.lookAt}`, {
      cause,
    });
    this.step = step;
  }
}

/** Runs steps one after the other, and tells each with the wall time it took. */
export class Steps {
  readonly #tell: (line: string) => void;
  readonly #startedAt = performance.now();

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  async run<T>(step: Step, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      const result = await work();
      this.#tell(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${step.name}`);
      return result;
    } catch (error) {
      throw new StepFailed(step, error);
    }
  }
}

import type { Exchange } from '../actors/api-client.ts';
import type { AccessRequest } from '../iam/evaluate.ts';
import type { Scenario } from './scenarios.ts';
import { ScenarioEnded, Stage } from './stage.ts';

export interface ScenarioOutcome {
  name: string;
  ok: boolean;
  violations: string[];
}

export interface PlayOptions {
  assemblyDirectory: string;
  dataDirectory: string;
  onExchange?: (exchange: Exchange, now: number) => void;
  /** Sees every request that IAM decided. */
  onRequest?: (request: AccessRequest) => void;
  /** With a seed, everything goes wrong now and then while the scenario is played. */
  faults?: number | undefined;
}

/** Plays one scenario in a cloud of its own, then checks what must hold of every order. */
export async function playScenario(
  scenario: Scenario,
  { assemblyDirectory, dataDirectory, onExchange = () => {}, onRequest, faults }: PlayOptions,
): Promise<ScenarioOutcome> {
  const stage = await Stage.open({
    assemblyDirectory,
    dataDirectory,
    at: scenario.at ?? '11:00',
    onExchange,
    onRequest,
    ...(scenario.speed !== undefined && { speed: scenario.speed }),
  });
  try {
    if (faults !== undefined) await stage.control('PUT', '/faults', { seed: faults });
    await scenario.play(stage);
    await stage.control('DELETE', '/faults');
    await stage.checkInvariants();
  } catch (error) {
    if (!(error instanceof ScenarioEnded))
      stage.violations.push(error instanceof Error ? error.message : String(error));
  } finally {
    await stage.close();
  }
  return { name: scenario.name, ok: stage.violations.length === 0, violations: [...stage.violations] };
}

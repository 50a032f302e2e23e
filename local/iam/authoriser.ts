import { accountId, partition } from '../assembly/home.ts';
import type { FunctionInvoker, FunctionOutcome, ServiceRequest, ServiceResponse } from '../services.ts';
import { type Denial, denialOf, refusalOf } from './denial.ts';
import { type AccessRequest, evaluate, type Policies, type Principal } from './evaluate.ts';
import { commonContext, type Demand, demandsOf, functionDemand, type Lookup, sourceContext } from './requests.ts';

export interface AuthoriserOptions {
  policies: Policies;
  lookup: Lookup;
  /** Callers who may do everything, as the administrator of an account. */
  administrators: readonly string[];
  /** Sees every request that was decided, in full. */
  onRequest?: ((request: AccessRequest) => void) | undefined;
  /** Sees every denial, also one that has been before. */
  onDenied: (denial: Denial) => void;
}

/** Decides by the policies of the template about every call, of functions, state machines and services. */
export class Authoriser {
  readonly #options: AuthoriserOptions;

  constructor(options: AuthoriserOptions) {
    this.#options = options;
  }

  /** The refusal of a call whose signature is verified; undefined lets it through. */
  readonly authorize = (request: ServiceRequest): ServiceResponse | undefined => {
    if (this.#options.administrators.includes(request.caller.role)) return undefined;
    const principal = { role: roleArn(request.caller.role) };
    const denial = this.denialFor(principal, this.#demands(request));
    return denial && refusalOf(denial, request);
  };

  /** The first of `demands` that is denied. */
  denialFor(principal: Principal, demands: readonly Demand[]): Denial | undefined {
    const { policies, onRequest, onDenied } = this.#options;
    for (const { action, resource, context } of demands) {
      const request = { principal, action, resource, context: { ...commonContext(principal), ...context } };
      onRequest?.(request);
      const decision = evaluate(request, policies);
      if (decision.allowed) continue;
      const denial = denialOf(request, decision);
      onDenied(denial);
      return denial;
    }
    return undefined;
  }

  /** An invoker for a service of its own right: what the function's permissions do not allow fails. */
  invokerFor(service: string, invoker: FunctionInvoker, sourceArn: (payload: unknown) => string): FunctionInvoker {
    return {
      invoke: async (functionName: string, payload: unknown): Promise<FunctionOutcome> => {
        const denial = this.invocationDenial(service, functionName, sourceArn(payload));
        if (denial) return { ok: false, errorType: 'AccessDeniedException', errorMessage: denial.message };
        return invoker.invoke(functionName, payload);
      },
    };
  }

  /** Why a service may not invoke a function for one of its resources; undefined when it may. */
  invocationDenial(service: string, functionName: string, sourceArn: string): Denial | undefined {
    return this.denialFor({ service }, [{ ...functionDemand(functionName), context: sourceContext(sourceArn) }]);
  }

  /** A body that is no JSON asks for nothing: the service says what is wrong with it. */
  #demands(request: ServiceRequest): Demand[] {
    try {
      return demandsOf(request, this.#options.lookup);
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  }
}

export function roleArn(name: string): string {
  return `arn:${partition}:iam::${accountId}:role/${name}`;
}

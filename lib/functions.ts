/** Every function and the file it starts in. The keys are the names operations see. */
export const functionEntries = {
  Authorizer: 'lambdas/http/authorizer.ts',
  Ordering: 'lambdas/http/ordering.ts',
  Readiness: 'lambdas/http/readiness.ts',
  Drivers: 'lambdas/http/drivers.ts',
  Tracking: 'lambdas/http/tracking.ts',
  Operations: 'lambdas/http/operations.ts',
  Directory: 'lambdas/http/directory.ts',
  People: 'lambdas/http/people.ts',
  Dispatch: 'lambdas/streams/dispatch.ts',
  Lifecycle: 'lambdas/workflow/lifecycle.ts',
  Resumer: 'lambdas/streams/resumer.ts',
  Relay: 'lambdas/streams/relay.ts',
  Sweeper: 'lambdas/streams/sweeper.ts',
  Reconciler: 'lambdas/streams/reconciler.ts',
} as const;

export type FunctionName = keyof typeof functionEntries;

import { join } from 'node:path';
import { routes } from '../lambdas/http/routes.ts';
import { ApiStack } from '../lib/api-stack.ts';
import { mallwayApp } from '../lib/app.ts';
import { bundleFunctions } from '../lib/constructs/bundle.ts';
import { DataStack } from '../lib/data-stack.ts';
import { DispatchStack } from '../lib/dispatch-stack.ts';
import { LifecycleStack } from '../lib/lifecycle-stack.ts';
import { settingsFor } from '../lib/settings.ts';

const app = mallwayApp();
const settings = settingsFor(app.node.tryGetContext('stage'));
const code = bundleFunctions(join(import.meta.dirname, '..'), join(app.outdir, 'bundle'));
const name = (part: string) => `mallway-${settings.stage}-${part}`;
const shared = { settings, code, terminationProtection: settings.isProtected };

const data = new DataStack(app, name('data'), shared);
const dispatch = new DispatchStack(app, name('dispatch'), { ...shared, data });
new LifecycleStack(app, name('lifecycle'), { ...shared, data, dispatch });
new ApiStack(app, name('api'), { ...shared, data, dispatch, routes });

app.synth();

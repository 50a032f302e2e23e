import { join } from 'node:path';
import { routes } from '../lambdas/http/routes.ts';
import { ApiStack } from '../lib/api-stack.ts';
import { mallwayApp } from '../lib/app.ts';
import { bundleFunctions } from '../lib/constructs/bundle.ts';
import { DataStack } from '../lib/data-stack.ts';
import { DispatchStack } from '../lib/dispatch-stack.ts';
import { LifecycleStack } from '../lib/lifecycle-stack.ts';
import { OperationsStack } from '../lib/operations-stack.ts';
import { PagesStack } from '../lib/pages-stack.ts';
import { PeopleStack } from '../lib/people-stack.ts';
import { settingsFor } from '../lib/settings.ts';
import { WebStack } from '../lib/web-stack.ts';
import { buildPages } from '../web/build.ts';

const app = mallwayApp();
const given = (key: string) => app.node.tryGetContext(key);
const settings = settingsFor(given('stage'), {
  alarmEmail: given('alarmEmail'),
  originKeys: given('originKeys'),
  routes: given('routes'),
});
const code = bundleFunctions(join(import.meta.dirname, '..'), join(app.outdir, 'bundle'), settings.routes);
const name = (part: string) => `mallway-${settings.stage}-${part}`;
const shared = { settings, code, terminationProtection: settings.isProtected };

const web = new WebStack(app, name('web'), { ...shared, routes });
const people = new PeopleStack(app, name('people'), shared);
const data = new DataStack(app, name('data'), shared);
const dispatch = new DispatchStack(app, name('dispatch'), { ...shared, data });
const lifecycle = new LifecycleStack(app, name('lifecycle'), { ...shared, data, dispatch });
const api = new ApiStack(app, name('api'), { ...shared, web, data, dispatch, routes });
const directory = join(app.outdir, 'pages');
await buildPages(directory);
const pages = new PagesStack(app, name('pages'), { ...shared, directory });

// They read the address of the pages by its name, which CDK does not see.
for (const stack of [people, data, lifecycle, api]) stack.addStackDependency(web);
// And where people sign in, by its names.
for (const stack of [api, pages]) stack.addStackDependency(people);
pages.addStackDependency(api);
new OperationsStack(app, name('operations'), { ...shared, web, dispatch, lifecycle });

app.synth();

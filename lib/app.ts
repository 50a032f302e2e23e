import { join } from 'node:path';
import { App, type AppProps, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import cdkJson from '../cdk.json' with { type: 'json' };

/**
 * The app with its rules: the feature flags of cdk.json even when it is run without the CDK CLI, and both rule packs
 * of cdk-nag, whose findings stop the synthesis unless they are acknowledged where they arise.
 */
export function mallwayApp(props: AppProps = {}): App {
  const app = new App({
    outdir: process.env.CDK_OUTDIR ?? join(import.meta.dirname, '..', cdkJson.output),
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
    ...props,
    context: { ...cdkJson.context, ...props.context },
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  // The public schema of CloudFormation (cfn-lint 1.51) knows no tags of a dashboard.
  Tags.of(app).add('application', 'mallway', { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] });
  return app;
}

import { Stack, type StackProps } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { acknowledge } from './constructs/acknowledge.ts';
import { untracedReason } from './constructs/service-function.ts';
import { bucketName, peopleParameter } from './parameters.ts';
import type { Settings } from './settings.ts';

export interface PagesStackProps extends StackProps {
  settings: Settings;
  /** Folder of the built pages. */
  directory: string;
}

/** The files of the pages, and what they have to know about this installation. It comes last: pages need the API. */
export class PagesStack extends Stack {
  constructor(scope: Construct, id: string, props: PagesStackProps) {
    super(scope, id, props);
    const pages = Source.asset(props.directory);
    const { settings } = props;
    const [issuer, signIn] = [peopleParameter(this, settings, 'issuer'), peopleParameter(this, settings, 'sign-in')];
    const config = `{"issuer":"${issuer}","audience":"mallway","signIn":${signIn}}`;
    const bucket = bucketName(this, settings, 'pages');
    const shared = {
      destinationBucket: Bucket.fromBucketName(this, 'Pages', bucket),
      logGroup: new LogGroup(this, 'UploadLogs', {
        retention: settings.logRetention,
        removalPolicy: settings.removal,
      }),
      prune: false,
      retainOnDelete: false,
      memoryLimit: 512,
    };
    // Pages that are open still ask for the scripts they were built with, so nothing is taken away.
    const scripts = new BucketDeployment(this, 'Scripts', {
      ...shared,
      sources: [pages],
      exclude: ['*.html'],
      cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    });
    const markup = new BucketDeployment(this, 'Markup', {
      ...shared,
      sources: [pages, Source.data('config.json', config)],
      exclude: ['*'],
      include: ['*.html', 'config.json'],
      cacheControl: [CacheControl.noCache()],
    });
    // A page that is there finds its scripts.
    markup.node.addDependency(scripts);
    this.acknowledgeHelper(bucket);
  }

  /** CDK brings the function that uploads; it runs while this stack is deployed, and at no other time. */
  private acknowledgeHelper(bucket: string): void {
    const helper = this.node.children.find(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'))!;
    const arn = (name: string) =>
      `arn:<AWS::Partition>:s3:::${name.replaceAll(/\$\{Token\[AWS\.(\w+)\.\d+\]\}/g, '<AWS::$1>')}/*`;
    const assets = 'cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>';
    const wildcards = [
      ...['s3:GetBucket*', 's3:GetObject*', 's3:List*', 's3:Abort*', 's3:DeleteObject*'].map((it) => `Action::${it}`),
      ...[bucket, assets].map((it) => `Resource::${arn(it)}`),
    ];
    acknowledge(helper, {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
        'CDK writes this function; with the managed policy it may write its log and no more.',
      ...Object.fromEntries(
        wildcards.map((it) => [
          `AwsSolutions-IAM5[${it}]`,
          'CDK writes this function; it reads the assets of this account and writes the bucket of pages.',
        ]),
      ),
      'AwsSolutions-L1': 'CDK writes this function and chooses its runtime.',
      'Serverless-LambdaDLQ': 'Invoked by CloudFormation, which fails the deployment when the upload fails.',
      'Serverless-LambdaLatestVersion': 'CDK writes this function and chooses its runtime.',
      'Serverless-LambdaTracing': untracedReason,
    });
  }
}

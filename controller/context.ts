import { GLOBAL_REGION } from './adapters/aws/client-config.ts';
import { loadAccountOnCall, type Account } from './adapters/aws/load-account-on-call.ts';
import {
  createCloudFormation,
  createCloudFront,
  createCloudWatch,
  createKeyValueStore,
  createLambda,
  createLogs,
  createS3,
  createSsm,
  oncePerRegion,
} from './adapters/aws/load-clients.ts';
import { loadStoresOnCall } from './adapters/aws/s3/load-on-call.ts';
import { loadOnCall } from './adapters/load-on-call.ts';
import { loadGitHubOnCall } from './adapters/github/load-on-call.ts';
import { createClock } from './adapters/process/clock.ts';
import { createFiles } from './adapters/process/files.ts';
import { createSignals } from './adapters/process/signals.ts';
import { createTerminal } from './adapters/process/terminal.ts';
import { readFastLaneRun } from './core/github/run.ts';
import type { Context } from './ports/context.ts';

/** Joins adapters to ports; each with its SDK client when it is first needed. `tool`: name and version of this program. */
export function createContext(tool?: string): Context {
  // The SDK's advice on Node versions is for us, who pin both, and would be noise in a user's output.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return {
    terminal: createTerminal(),
    clock: createClock(),
    files: createFiles(),
    signals: createSignals(),
    surroundings: loadOnCall(async () => {
      const { createSurroundings } = await import('./adapters/process/surroundings.ts');
      return createSurroundings({ env: process.env, directory: process.cwd(), tool });
    }),
    bundler: loadOnCall(async () => {
      const { createEdgeBundler } = await import('./adapters/edge/bundler.ts');
      return createEdgeBundler();
    }),
    attestations: loadOnCall(async () => {
      const { createAttestations } = await import('./adapters/sigstore/attestations.ts');
      return createAttestations();
    }),
    ...joinCode(),
    ...joinSetup(),
    ...joinOutside('GITHUB_REPOSITORY'),
  };
}

/**
 * The same for the fast lane, which has no terminal, no checkout, and changes neither edge code nor stacks: what
 * only that needs is not even in its bundle. `note` gets what a person would read on a terminal.
 */
export function createLambdaContext(note: (text: string) => void): Context {
  const noCode = loadOnCall<never>(() => {
    throw new Error('the fast lane changes neither edge code nor stacks');
  });
  return {
    terminal: {
      interactive: false,
      print: note,
      note,
      progress: () => {},
      summary: () => Promise.resolve(),
    },
    clock: createClock(),
    files: createFiles(),
    signals: createSignals(),
    surroundings: {
      facts: () => Promise.resolve({ by: 'the fast lane', commit: undefined }),
      source: () => Promise.resolve({}),
      committedAt: () => Promise.resolve(undefined),
      github: async () => readFastLaneRun(process.env),
    },
    bundler: noCode,
    edgeCode: noCode,
    lambdaCode: noCode,
    functionMetrics: noCode,
    inspection: noCode,
    measurements: noCode,
    fastLane: noCode,
    fastLaneCode: noCode,
    teardown: noCode,
    stacks: () => noCode,
    ...joinOutside('HEADGATE_GITHUB_REPOSITORY'),
  };
}

/** Loads what an alarm needs, before it comes: a Lambda function has its processor for itself while it starts. */
export async function preloadForAlarms(): Promise<void> {
  await Promise.all([
    import('./adapters/aws/s3/client.ts'),
    import('./adapters/aws/s3/record-store.ts'),
    import('./adapters/aws/cloudwatch/client.ts'),
    import('./adapters/aws/cloudwatch/alarms.ts'),
    import('./adapters/aws/keyvaluestore/client.ts'),
    import('./adapters/aws/keyvaluestore/route-store.ts'),
    import('./adapters/aws/ssm/client.ts'),
    import('./adapters/aws/ssm/parameter-store.ts'),
  ]);
}

type Code = Pick<Context, 'bundler' | 'edgeCode' | 'lambdaCode' | 'functionMetrics'>;
type Setup = Pick<Context, 'stacks' | 'fastLane' | 'fastLaneCode' | 'teardown' | keyof Account>;

/** All that has nothing to do with edge code. `repository`: the variable that names GitHub's. */
function joinOutside(
  repository: string,
): Omit<
  Context,
  | 'terminal'
  | 'clock'
  | 'files'
  | 'signals'
  | 'surroundings'
  | 'attestations'
  | keyof (Code & Setup)
> {
  const regional = joinRegional();
  return {
    github: loadGitHubOnCall({
      env: process.env,
      variable: repository,
      // '': in the region of the environment.
      readSecret: (name) => regional.secrets('').read(name),
    }),
    probe: loadOnCall(async () => {
      const { createProbe } = await import('./adapters/http/probe.ts');
      return createProbe(process.env['HEADGATE_EDGE_ENDPOINT']);
    }),
    webhook: loadOnCall(async () => {
      const { createWebhook } = await import('./adapters/http/webhook.ts');
      return createWebhook();
    }),
    ...regional,
    ...loadStoresOnCall(oncePerRegion(createS3)),
    ...joinEdge(),
  };
}

/** What lives in the region that the policy names. */
function joinRegional(): Pick<
  Context,
  'alarms' | 'alarmHistory' | 'parameters' | 'keys' | 'secrets'
> {
  const ssm = oncePerRegion(createSsm);
  return {
    alarms: loadOnCall(async () => {
      const { createAlarms } = await import('./adapters/aws/cloudwatch/alarms.ts');
      return createAlarms(oncePerRegion(createCloudWatch));
    }),
    alarmHistory: loadOnCall(async () => {
      const { createAlarmHistory } = await import('./adapters/aws/cloudwatch/alarm-history.ts');
      return createAlarmHistory(oncePerRegion(createCloudWatch));
    }),
    parameters: (region) =>
      loadOnCall(async () => {
        const { createParameterStore } = await import('./adapters/aws/ssm/parameter-store.ts');
        return createParameterStore(await ssm(region));
      }),
    keys: (region) =>
      loadOnCall(async () => {
        const { createKeyStore } = await import('./adapters/aws/ssm/key-store.ts');
        return createKeyStore(await ssm(region));
      }),
    secrets: (region) =>
      loadOnCall(async () => {
        const { createSecretStore } = await import('./adapters/aws/ssm/secret-store.ts');
        return createSecretStore(await ssm(region));
      }),
  };
}

/** What lives at the edge. */
function joinEdge(): Pick<Context, 'routes' | 'distributions' | 'visitorLog'> {
  const { cloudfront, storeArns } = createGlobal();
  return {
    routes: loadOnCall(async () => {
      const { createRouteStore } = await import('./adapters/aws/keyvaluestore/route-store.ts');
      // Its ARN may be known: then nobody need ask CloudFront, nor load its client.
      return createRouteStore(await createKeyValueStore(), (store) =>
        storeArns().then((find) => find(store)),
      );
    }),
    distributions: loadOnCall(async () => {
      const { createDistributions } = await import('./adapters/aws/cloudfront/distributions.ts');
      return createDistributions(await cloudfront());
    }),
    visitorLog: loadOnCall(async () => {
      const { createVisitorLog } = await import('./adapters/aws/logs/visitor-log.ts');
      return createVisitorLog(await createLogs());
    }),
  };
}

/** What runs there, and how it does. */
function joinCode(): Omit<Code, 'bundler'> {
  const { cloudfront, storeArns } = createGlobal();
  return {
    edgeCode: loadOnCall(async () => {
      const { createEdgeCode } = await import('./adapters/aws/cloudfront/edge-code.ts');
      return createEdgeCode(await cloudfront(), await storeArns());
    }),
    lambdaCode: loadOnCall(async () => {
      const { createLambdaCode } = await import('./adapters/aws/lambda/lambda-code.ts');
      return createLambdaCode(await createLambda());
    }),
    functionMetrics: loadOnCall(async () => {
      const { createFunctionMetrics } =
        await import('./adapters/aws/cloudwatch/function-metrics.ts');
      return createFunctionMetrics(await createCloudWatch(GLOBAL_REGION));
    }),
  };
}

/** What sets an account up, and takes it down again. */
function joinSetup(): Setup {
  const cloudformation = oncePerRegion(createCloudFormation);
  const s3 = oncePerRegion(createS3);
  return {
    ...loadAccountOnCall(process.env),
    stacks: (region) =>
      loadOnCall(async () => {
        const { createStacks } = await import('./adapters/aws/cloudformation/stacks.ts');
        return createStacks({ client: await cloudformation(region), region, s3 });
      }),
    fastLane: loadOnCall(async () => {
      const { createFastLane } = await import('./adapters/aws/lambda/fast-lane.ts');
      return createFastLane();
    }),
    fastLaneCode: loadOnCall(async () => {
      const { createFastLaneCode } = await import('./adapters/aws/lambda/fast-lane-code.ts');
      return createFastLaneCode(await createLambda());
    }),
    teardown: loadOnCall(async () => {
      const { createTeardown } = await import('./adapters/aws/teardown.ts');
      return createTeardown(await createCloudFront(), await createLambda());
    }),
  };
}

function createGlobal() {
  const cloudfront = oncePerRegion(createCloudFront);
  const storeArns = oncePerRegion(async () => {
    const { createStoreArns } = await import('./adapters/aws/store-arns.ts');
    return createStoreArns(await cloudfront());
  });
  return { cloudfront, storeArns };
}

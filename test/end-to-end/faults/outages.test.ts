import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../../controller/commands/command.ts';
import { reconcile } from '../../../controller/commands/reconcile.ts';
import { rollback } from '../../../controller/commands/rollback.ts';
import { EXIT } from '../../../controller/core/errors.ts';
import { full, tellSkipped } from '../../depth.ts';
import { readLive } from '../live.ts';
import { BUCKET, composePolicy, REGION, type Policy } from '../policy.ts';
import { runInProcess } from '../run-in-process.ts';
import { A, B, createSetting, type Setting } from '../setting.ts';
import { startOutage, type Outage } from './outage.ts';
import { LONG, OVER } from './phase.ts';

/** What policies/runbook.md says under "AWS is in trouble" and "GitHub is down". */
tellSkipped('rollbacks while a service of AWS is down');

const ROLLBACK = ['shop', 'prod', '--reason', 'checkout fails'];
/** Waits between attempts of ours are as much shorter; the SDK's are as they are. */
const SPEED = 100;

/** Half of the visitors have build B. */
let rolling: Setting;

beforeAll(async () => {
  if (!full) return;
  rolling = await createSetting([A, B]);
  for (const build of [A, B]) {
    const { code } = await runInProcess(rolling, reconcile, { args: [], policy: compose(build) });
    expect(code).toBe(EXIT.done);
  }
});
afterAll(() => rolling?.close());

function compose(build: string, hold = LONG): Policy {
  const steps = [
    { weight: '50%', hold },
    { weight: '90%', hold: LONG },
  ];
  const policy = composePolicy(rolling.distributions, { prod: { build, steps, bake: LONG } });
  // The default; the others don't wait for evidence.
  return JSON.parse(JSON.stringify(policy).replace('"noData":"pass"', '"noData":"hold"')) as Policy;
}

type IsDown = Parameters<typeof startOutage>[1];
type Ran = Awaited<ReturnType<typeof runInProcess>>;

interface Down {
  readonly setting: Setting;
  readonly outage: Outage;
  /** A command that meets what is down. */
  run(command: Command, asked: { args: readonly string[]; policy?: Policy }): Promise<Ran>;
}

/** In an account of its own, in which these calls are down. */
async function whileDown(isDown: IsDown, act: (down: Down) => Promise<void>): Promise<void> {
  const setting = await rolling.fork();
  const outage = await startOutage(setting.cloud.endpoint, isDown);
  const environment = { ...setting.cloud.environment, AWS_ENDPOINT_URL: outage.endpoint };
  const met = { ...setting, cloud: { ...setting.cloud, environment } };
  const run: Down['run'] = (command, asked) =>
    runInProcess(met, command, { ...asked, speed: SPEED });
  try {
    await act({ setting, outage, run });
  } finally {
    await outage.close();
  }
}

const service =
  (name: string): IsDown =>
  (call) =>
    call.startsWith(`${name}:`);

describe.runIf(full)('a rollback by hand', () => {
  // Of a service that it doesn't ask it can't tell that it is down. Without record the reason is lost.
  it.each([
    { down: 'the control plane of CloudFront', name: 'cloudfront', reason: 'checkout fails' },
    { down: 'SSM', name: 'ssm', isAsked: true, reason: 'manual' },
    { down: 'S3', name: 's3', isAsked: true, reason: 'manual' },
    { down: 'CloudWatch', name: 'cloudwatch', reason: 'checkout fails' },
  ])('goes on while $down is down, and the next run makes the rest good', async (one) => {
    await whileDown(service(one.name), async ({ setting, outage, run }) => {
      const policy = compose(B);
      const { code } = await run(rollback, { args: ROLLBACK, policy });
      const { pages } = await readLive(setting);
      expect([code, new Set(pages)]).toEqual([EXIT.rolledBack, new Set([A])]);
      expect(outage.refused.length > 0).toBe(one.isAsked ?? false);
      const after = await runInProcess(setting, reconcile, { args: [], policy });
      const { store, routeParameter, record, activeBuild, history } = await readLive(setting);
      expect([after.code, record?.phase, activeBuild]).toEqual([EXIT.done, 'held', A]);
      expect(record?.quarantine).toMatchObject([{ build: { build: B }, reason: one.reason }]);
      expect([routeParameter, history]).toEqual([Object.values(store)[0], [1, 2, 3]]);
    });
  });

  it('needs the KeyValueStore, and says so until it is there', async () => {
    let isBack = false;
    const isDown: IsDown = (call) => !isBack && call.startsWith('cloudfront-keyvaluestore:');
    await whileDown(isDown, async ({ setting, run }) => {
      const asked = { args: ROLLBACK, policy: compose(B) };
      const { code, stderr } = await run(rollback, asked);
      expect([code, stderr]).toEqual([EXIT.usage, expect.stringContaining('run it again')]);
      expect(new Set((await readLive(setting)).pages)).toEqual(new Set([A, B]));
      isBack = true;
      expect(await run(rollback, asked)).toMatchObject({ code: EXIT.rolledBack });
    });
  });

  it('needs neither a clone nor a policy', async () => {
    await whileDown(
      () => false,
      async ({ setting, run }) => {
        const place = ['--bucket', BUCKET, '--region', REGION];
        expect(await run(rollback, { args: [...ROLLBACK, ...place] })).toMatchObject({
          code: EXIT.rolledBack,
        });
        expect(new Set((await readLive(setting)).pages)).toEqual(new Set([A]));
      },
    );
  });
});

describe.runIf(full)('a step', () => {
  it('waits while CloudWatch is down', async () => {
    await whileDown(service('cloudwatch'), async ({ setting, outage, run }) => {
      const policy = compose(B, OVER);
      const { code, stdout } = await run(reconcile, { args: [], policy });
      expect([code, stdout]).toEqual([EXIT.done, expect.stringContaining('could not be read')]);
      expect(outage.refused).not.toEqual([]);
      expect((await readLive(setting)).record?.generation).toBe(2);
    });
  });
});

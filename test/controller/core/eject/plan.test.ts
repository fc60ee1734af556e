import { expect, it } from 'vitest';
import { planEject, type EjectFacts } from '../../../../controller/core/eject/plan.ts';
import { renderEject } from '../../../../controller/core/eject/report.ts';
import type { EnvironmentRecord } from '../../../../controller/core/state/record.ts';
import {
  appPolicy,
  DISTRIBUTION,
  environmentPolicy,
  GROUP,
  LAMBDA_GROUP,
  withLambda,
  World,
} from '../../../fakes/world.ts';

async function recordOf(...builds: readonly string[]): Promise<EnvironmentRecord> {
  const world = new World();
  world.publish('1', '2');
  for (const build of builds) {
    world.policy = environmentPolicy(build);
    await world.reconcile();
  }
  const { storedRecord } = world;
  if (storedRecord === undefined) throw new Error('nothing was released');
  return storedRecord;
}

const environment = environmentPolicy('1');
const subject = { app: appPolicy(environment), environment, group: GROUP };
const record = await recordOf('1');
const facts: EjectFacts = {
  subject,
  record,
  distribution: DISTRIBUTION,
  problem: undefined,
  isPlain: false,
  dropsBefore: false,
};

function refusalsOf(changes: Partial<EjectFacts>): string {
  const plan = planEject({ ...facts, ...changes });
  return 'patterns' in plan ? 'none' : plan.map(({ message }) => message).join('\n');
}

it('names what leaves and what comes', () => {
  const plan = planEject(facts);
  expect(plan).toMatchObject({
    distribution: 'E1EXAMPLE',
    build: '1',
    patterns: ['*'],
    standalone: { home: '/shop/builds/', functionName: 'shop_prod_ejected', pinned: [] },
    originPath: undefined,
  });
  expect('patterns' in plan && renderEject(plan)).toContain(
    'In one change of distribution E1EXAMPLE, *: headgate-prod-request',
  );
});

it('finds versions of our Lambda@Edge function, too', () => {
  const distribution = withLambda(DISTRIBUTION);
  const plan = planEject({ ...facts, distribution, subject: { ...subject, group: LAMBDA_GROUP } });
  expect(plan).toMatchObject({ patterns: ['*'] });
});

it('without a function the build’s folder is the origin path, and what that costs is said', () => {
  const plan = planEject({ ...facts, isPlain: true });
  expect(plan).toMatchObject({ standalone: undefined, originPath: '/shop/builds/1' });
  const text = 'patterns' in plan ? renderEject(plan) : '';
  expect(text).toContain('warning: without a function deep links');
  expect(text).toContain('is forgotten');
});

it('says who loses what', () => {
  const gate = environmentPolicy('1', {
    cohorts: [{ name: 'staff', build: '2', line: 1, cookie: { name: 'staff' } }],
    split: [{ build: '2', line: 1, weightBasisPoints: 100 }],
  });
  const kept = { ...record, kept: [{ build: '0', digest: '0'.repeat(16) }] };
  const plan = planEject({ ...facts, record: kept, subject: { ...subject, environment: gate } });
  const notes = 'patterns' in plan ? plan.notes.join('\n') : '';
  for (const part of ['cohorts', 'the split ends', 'open pages of 0', 'previews']) {
    expect(notes).toContain(part);
  }
});

it.each<[string, Partial<EjectFacts>, string]>([
  ['before the first release', { record: undefined }, 'was never released'],
  ['without a distribution', { distribution: undefined }, 'no distribution E1EXAMPLE'],
  [
    'while a build rolls out',
    { record: await recordOf('1', '2') },
    'shop/prod is rolling: visitors have build 2, and stable is build 1',
  ],
  ['while a run is at work', { record: { ...record, intent: record } }, 'not finished'],
  [
    'while a whole origin is stable',
    { record: { ...record, stable: { build: 'green', digest: 'd', origin: 'https://a.example' } } },
    'whole origin https://a.example',
  ],
  ['with a broken build', { problem: 'build 1 has no manifest any more' }, 'no manifest any more'],
  [
    'in company',
    { subject: { ...subject, together: ['shop/prod', 'checkout/prod'] } },
    'move together',
  ],
  [
    'with code of the team in front',
    { subject: { ...subject, group: { ...GROUP, before: 'policies/viewer.js' } } },
    'runs policies/viewer.js',
  ],
  [
    'with pinned files and no function',
    {
      isPlain: true,
      subject: { ...subject, environment: environmentPolicy('1', { pinnedUrls: true }) },
    },
    'pinnedUrls',
  ],
  [
    'where the pool is not as the policy says',
    { distribution: { ...DISTRIBUTION, behaviours: DISTRIBUTION.behaviours.slice(1) } },
    'has no behaviour /assets/*',
  ],
])('is refused %s', (_name, changes, message) => {
  expect(refusalsOf(changes)).toContain(message);
});

it('goes without the team’s code when told to, and has nothing to do where ours doesn’t run', () => {
  const group = { ...GROUP, before: 'policies/viewer.js' };
  expect(refusalsOf({ subject: { ...subject, group }, dropsBefore: true })).toBe('none');
  const bare = DISTRIBUTION.behaviours.map((one) => ({
    ...one,
    viewerRequestArn: undefined,
    viewerResponseArn: undefined,
  }));
  const distribution = { ...DISTRIBUTION, behaviours: bare };
  expect(planEject({ ...facts, distribution })).toMatchObject({ patterns: [] });
});

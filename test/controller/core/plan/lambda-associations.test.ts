import { describe, expect, it } from 'vitest';
import {
  associateLeft,
  associateVersion,
} from '../../../../controller/core/plan/associate-plan.ts';
import type { Behaviour, Distribution } from '../../../../controller/core/plan/behaviours.ts';
import { checkBehaviours } from '../../../../controller/core/plan/check-behaviours.ts';
import type { EnvironmentFacts } from '../../../../controller/core/plan/facts.ts';
import type { PlannedGroup, PlannedVersion } from '../../../../controller/core/plan/group-plan.ts';
import { planVersionAssociations } from '../../../../controller/core/plan/lambda-associations.ts';
import { sealPlan, type Plan } from '../../../../controller/core/plan/plan.ts';
import { describeChange } from '../../../../controller/core/report/plan-text.ts';
import { readEnvironment } from '../../../../controller/read/environment.ts';
import {
  appPolicy,
  DISTRIBUTION,
  environmentPolicy,
  LAMBDA_GROUP,
  withLambda,
  World,
} from '../../../fakes/world.ts';

const environment = environmentPolicy('1');
const subject = { app: appPolicy(environment), environment, group: LAMBDA_GROUP };
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:headgate-prod:';
const OURS = withLambda(DISTRIBUTION);
const version: PlannedVersion = {
  function: 'headgate-prod',
  arn: `${ARN}1`,
  isNew: false,
  lasting: [],
};

function changed(changes: Partial<Behaviour>): Distribution {
  const behaviours = OURS.behaviours.map((behaviour) =>
    behaviour.pattern === '*' ? { ...behaviour, ...changes } : behaviour,
  );
  return { ...OURS, behaviours };
}

const messages = (distribution: Distribution) =>
  checkBehaviours(distribution, subject).map(({ message }) => message);

describe('behaviours for Lambda@Edge', () => {
  it('may run any version of ours, and others only where the origin has answered', () => {
    expect(messages(OURS)).toEqual([]);
    const lambdas = [
      { event: 'viewer-request', arn: `${ARN}7` },
      { event: 'origin-response', arn: 'arn:aws:lambda:us-east-1:1:function:images:2' },
    ];
    expect(messages(changed({ lambdas }))).toEqual([]);
  });

  it('leave an origin path of an earlier set-up, also where they run the version already', () => {
    const adopted = environmentPolicy('1', { adopted: { originPath: '/site' } });
    const about = { ...subject, environment: adopted };
    const below = changed({ originPath: '/site' });
    expect(planVersionAssociations(below, about, { version, isAllowed: true })).toMatchObject({
      patterns: ['*'],
      originPath: '/site',
    });
    expect(planVersionAssociations(OURS, about, { version, isAllowed: true })).toBeUndefined();
  });

  it('name what an ejection left as such', () => {
    const viewerRequestArn = 'arn:aws:cloudfront::1:function/shop_prod_ejected';
    const [problem] = messages(changed({ viewerRequestArn, lambdas: [] }));
    expect(problem).toContain('`headgate eject` left it there');
  });

  it.each([
    ['viewer-request', 'arn:aws:lambda:us-east-1:1:function:auth:2'],
    ['origin-request', 'arn:aws:lambda:us-east-1:1:function:headgate-staging:2'],
  ])('are refused with somebody else’s function on %s', (event, arn) => {
    const [problem, ...others] = messages(changed({ lambdas: [{ event, arn }] }));
    expect(problem).toContain(`already runs ${event} ${arn}`);
    expect(problem).toContain('`before`');
    expect(others).toEqual([]);
  });

  it('are refused with CloudFront Functions, those of a former group of ours with the way out', () => {
    const functionOf = (name: string) => `arn:aws:cloudfront::000000000000:function/${name}`;
    const [foreign] = messages(changed({ lambdas: [], viewerRequestArn: functionOf('auth') }));
    expect(foreign).toContain('beside Lambda@Edge on viewer events: take it off');
    const former = functionOf('headgate-prod-request');
    const [ours] = messages(changed({ lambdas: [], viewerRequestArn: former }));
    expect(ours).toContain("can't change its runtime: make a new environment");
  });

  it('of the pool run none', () => {
    const behaviours = OURS.behaviours.map((behaviour) => ({
      ...behaviour,
      lambdas: [{ event: 'viewer-request', arn: `${ARN}1` }],
    }));
    expect(messages({ ...OURS, behaviours })).toEqual([
      expect.stringContaining('the pooled behaviour /assets/* runs a function'),
    ]);
  });
});

describe('the version on a behaviour', () => {
  const plan = (distribution: Distribution, changes: Partial<PlannedVersion>, isAllowed = true) =>
    planVersionAssociations(distribution, subject, {
      version: { ...version, ...changes },
      isAllowed,
    })?.patterns;

  it('stays as long as it is the last one on all three events', () => {
    expect(plan(OURS, {})).toBeUndefined();
    const [first] = OURS.behaviours.at(-1)?.lambdas ?? [];
    expect(plan(changed({ lambdas: first ? [first] : [] }), {})).toEqual(['*']);
    expect(plan(OURS, { arn: `${ARN}2` })).toEqual(['*']);
  });

  it('is replaced when a new one is about to be published, also where more is refused', () => {
    expect(plan(OURS, { isNew: true }, false)).toEqual(['*']);
    const bare = changed({ lambdas: [] });
    expect(plan(bare, { isNew: true }, false)).toBeUndefined();
    expect(plan(bare, { isNew: true })).toEqual(['*']);
    expect(plan(bare, { arn: undefined })).toBeUndefined();
  });

  it('takes the place of what the policy replaces', () => {
    const replaces = ['versioned'];
    const adopting = { ...subject, environment: environmentPolicy('1', { adopted: { replaces } }) };
    const old = { event: 'origin-request', arn: 'arn:aws:lambda:us-east-1:1:function:versioned:3' };
    const distribution = changed({ lambdas: [old] });
    expect(checkBehaviours(distribution, adopting)).toEqual([]);
    const change = planVersionAssociations(distribution, adopting, { version, isAllowed: true });
    expect(change && describeChange(change)).toBe(
      'distribution E1EXAMPLE: version of headgate-prod on *, in the place of versioned',
    );
  });
});

describe('an environment’s plan', () => {
  async function released(): Promise<{ facts: EnvironmentFacts; plan: Plan; world: World }> {
    const world = new World(LAMBDA_GROUP);
    world.publish('1', '2');
    await world.reconcile();
    world.policy = environmentPolicy('2', { preview: { access: 'signed', ttlSeconds: 60 } });
    const context = { ...world.context(), keys: () => ({ list: async () => ['k1'] }) as never };
    const run = { by: 'tester', commit: undefined };
    const facts = await readEnvironment(context, { ...subject, environment: world.policy }, run);
    const to = 'build 2 at 5 %, stable 1';
    const draft = { subject: { kind: 'environment', app: 'shop', environment: 'prod' }, base: 1 };
    const plan = sealPlan({
      ...(draft as Pick<Plan, 'subject' | 'base'>),
      direction: 'forward',
      why: 'Build 2 starts.',
      from: 'build 1',
      to,
      changes: [],
      evidence: [],
      notes: [],
      refusals: [],
    });
    return { facts, plan, world };
  }

  const groupWith = (changes: Partial<PlannedVersion>): PlannedGroup => ({
    plan: {} as Plan,
    code: undefined,
    isSettled: true,
    version: { ...version, ...changes },
  });

  it('associates a new version after its own writes, and on its own when nothing else is to do', async () => {
    const { facts, plan } = await released();
    const group = groupWith({ isNew: true, lasting: ['signed'] });
    const moved = associateVersion(plan, facts, group);
    expect(moved).toMatchObject({ direction: 'forward', why: 'Build 2 starts.' });
    expect(moved.changes.at(-1)).toMatchObject({ kind: 'associate-version', patterns: ['*'] });
    const idle = associateVersion({ ...plan, direction: 'none' }, facts, group);
    expect(idle).toMatchObject({ direction: 'repair', changes: [{ kind: 'associate-version' }] });
    const back = { ...plan, direction: 'rollback' } as const;
    expect(associateVersion(back, facts, group)).toBe(back);
  });

  it('leaves it to its group when it rolls back or can not be read, where ours runs already', async () => {
    const { facts, plan } = await released();
    const group = { ...groupWith({ isNew: true }), plan: { ...plan, direction: 'none' } } as const;
    const gone = { ...facts, distribution: undefined };
    const taken = associateLeft(group, [facts, gone]).plan;
    expect(taken).toMatchObject({
      direction: 'repair',
      changes: [{ kind: 'associate-version', distribution: 'E1EXAMPLE', patterns: ['*'] }],
    });
    const bare = { ...facts, distribution: changed({ lambdas: [] }) };
    expect(associateLeft(group, [bare])).toBe(group);
  });

  it('waits with a route until all edge locations can do what it asks for', async () => {
    const { facts, plan } = await released();
    const waiting = associateVersion(plan, facts, groupWith({ isNew: true }));
    expect(waiting.why).toBe(
      'Waits until distribution E1EXAMPLE has deployed edge code with signed everywhere.',
    );
    expect(waiting.changes).toMatchObject([{ kind: 'associate-version' }]);
    const deploying = { ...facts, distribution: { ...OURS, status: 'InProgress' } as const };
    expect(associateVersion(plan, deploying, groupWith({})).direction).toBe('none');
    expect(associateVersion(plan, facts, groupWith({}))).toBe(plan);
  });
});

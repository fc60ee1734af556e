import { expect, it } from 'vitest';
import { planAssociations, type Behaviour } from '../../../../controller/core/plan/behaviours.ts';
import { checkBehaviours } from '../../../../controller/core/plan/check-behaviours.ts';
import { describeChange } from '../../../../controller/core/report/plan-text.ts';
import { appPolicy, DISTRIBUTION, environmentPolicy, GROUP } from '../../../fakes/world.ts';

const LAMBDA = {
  event: 'viewer-request',
  arn: 'arn:aws:lambda:us-east-1:111122223333:function:versioned:7',
};
const FUNCTION = 'arn:aws:cloudfront::111122223333:function/rewrite';

function look(replaces: readonly string[], old: Partial<Behaviour>, originPath?: string) {
  const path = originPath === undefined ? {} : { originPath };
  const environment = environmentPolicy('1', { adopted: { replaces, ...path } });
  const behaviours = DISTRIBUTION.behaviours.map((behaviour) => {
    const bare = { viewerRequestArn: undefined, viewerResponseArn: undefined };
    return behaviour.pattern === '*' ? { ...behaviour, ...bare, ...old } : behaviour;
  });
  const distribution = { ...DISTRIBUTION, behaviours };
  const subject = { app: appPolicy(environment), environment, group: GROUP };
  return {
    problems: checkBehaviours(distribution, subject).map(({ message }) => message),
    change: planAssociations(distribution, subject),
  };
}

it.each<[string, Partial<Behaviour>]>([
  ['Lambda@Edge', { lambdas: [LAMBDA] }],
  ['a CloudFront function', { viewerRequestArn: FUNCTION, viewerResponseArn: FUNCTION }],
])('functions of the earlier set-up make place for ours in one write: %s', (_name, old) => {
  const { problems, change } = look(['versioned', 'rewrite'], old);
  expect(problems).toEqual([]);
  expect(change).toMatchObject({ patterns: ['*'], replaces: ['versioned', 'rewrite'] });
  expect(change && describeChange(change)).toContain('in the place of versioned, rewrite');
});

it('no other function does, and the refusal says how one would', () => {
  const { problems } = look(['version'], { lambdas: [LAMBDA] });
  expect(problems).toEqual([expect.stringContaining('`adopted: { replaces: [...] }`')]);
});

it('the origin path of the earlier set-up leaves with them, also where ours run already', () => {
  const { problems, change } = look(['rewrite'], { originPath: '/site' }, '/site');
  expect(problems).toEqual([]);
  expect(change).toMatchObject({ patterns: ['*'], originPath: '/site' });
  expect(change && describeChange(change)).toContain('without the origin path /site');
  const [def] = DISTRIBUTION.behaviours.slice(-1);
  expect(look(['rewrite'], { ...def, originPath: '/site' }, '/site').change).toMatchObject({
    patterns: ['*'],
  });
  expect(look(['rewrite'], { ...def }, '/site').change).toBeUndefined();
});

it('no other origin path does', () => {
  const { problems, change } = look(['rewrite'], { originPath: '/other' }, '/site');
  expect(problems.join()).toContain('with an empty origin path');
  expect(change).toBeUndefined();
});

it('what an ejection left is told as such', () => {
  const left = 'arn:aws:cloudfront::111122223333:function/shop_prod_ejected';
  const { problems } = look(['other'], { viewerRequestArn: left });
  expect(problems).toEqual([expect.stringContaining('`headgate eject` left it there')]);
  expect(look(['shop_prod_ejected'], { viewerRequestArn: left }).problems).toEqual([]);
});

import { expect, it } from 'vitest';
import {
  checkBehaviours,
  planAssociations,
  type Behaviour,
} from '../../../../controller/core/plan/behaviours.ts';
import { describeChange } from '../../../../controller/core/report/plan-text.ts';
import { appPolicy, DISTRIBUTION, environmentPolicy, GROUP } from '../../../fakes/world.ts';

const LAMBDA = {
  event: 'viewer-request',
  arn: 'arn:aws:lambda:us-east-1:111122223333:function:versioned:7',
};
const FUNCTION = 'arn:aws:cloudfront::111122223333:function/rewrite';

function look(replaces: readonly string[], old: Partial<Behaviour>) {
  const environment = environmentPolicy('1', { adopted: { replaces } });
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

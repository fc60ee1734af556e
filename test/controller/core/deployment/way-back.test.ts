import { expect, it } from 'vitest';
import { withFunctions } from '../../../../controller/core/deployment/way-back.ts';
import { isSameStack } from '../../../../controller/core/deployment/same-stack.ts';
import { renderStacks } from '../../../../controller/core/infrastructure/stacks.ts';
import type { Template } from '../../../../controller/core/infrastructure/template.ts';
import { readDemo } from '../infrastructure/fixtures.ts';

const arn = 'arn:aws:cloudfront::111122223333:function/headgate-prod-request';

function home(functions: readonly { readonly event: string; readonly arn: string }[]): Template {
  const live = { 'shop/prod': [{ pattern: '*', functions, lambdas: [] }] };
  const [stack] = renderStacks({ ...readDemo(), live });
  if (stack === undefined) throw new Error('no home stack');
  return stack.template;
}

it('gives the template that a stack has the functions that run, and nothing else', () => {
  const plain = home([]);
  const wanted = { ...home([{ event: 'viewer-request', arn }]), Description: 'another' };
  const carried = withFunctions(plain, wanted);
  expect(carried).toEqual({ ...wanted, Description: plain.Description });
  expect(carried && isSameStack(carried, plain)).toBe(true);
  // Nothing to carry; and what has left its behaviour isn't put back.
  expect(withFunctions(plain, plain)).toBeUndefined();
  expect(withFunctions(wanted, plain)?.Resources).toEqual(plain.Resources);
});

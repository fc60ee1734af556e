import { expect, test } from 'vitest';
import { doctor } from '../../../../controller/commands/doctor.ts';
import { UsageError } from '../../../../controller/core/errors.ts';
import type { Context } from '../../../../controller/ports/context.ts';

async function run(values: Readonly<Record<string, string | boolean>>) {
  const printed: string[] = [];
  const context = {
    terminal: { print: (text: string) => printed.push(text), note: () => undefined },
    measurements: { measure: () => Promise.reject(new Error('nobody asked for that')) },
  } as unknown as Context;
  const code = await doctor.run({ positionals: [], values: { probe: true, ...values } }, context);
  return { code, text: printed.join('\n') };
}

test('without --yes it says what it would make, and makes nothing', async () => {
  const { code, text } = await run({ writes: '20', 'probe-also': 'roles' });
  expect(code).toBe(0);
  expect(text).toMatch(/roles: \d+ statements, 15 min.*Makes .*Needs iam:CreateRole/);
  expect(text).toMatch(/costs \$\d+\.\d\d at most/);
  expect(text).toContain('Add --yes to do it.');
});

test('numbers of writes that are none are refused', async () => {
  await expect(run({ writes: 'many' })).rejects.toThrow(UsageError);
});

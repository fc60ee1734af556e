import { expect, it } from 'vitest';
import { UsageError } from '../../../../controller/core/errors.ts';
import {
  escapeMarkdown,
  renderProblemsMarkdown,
} from '../../../../controller/core/report/markdown.ts';
import {
  renderOutcomes,
  renderOutcomesMarkdown,
} from '../../../../controller/core/report/outcome.ts';
import { rolling } from '../../../fakes/rolling.ts';

it('leaves text that a table or a list can carry', () => {
  expect(escapeMarkdown('headgate publish <dir>:\n  a | b')).toBe(
    String.raw`headgate publish &lt;dir>: a \| b`,
  );
});

it('tells what was left out, and what could not be read', () => {
  const issue = { file: 'policies/a.yaml', line: 3, column: 1, message: 'wrong', example: 'right' };
  const failure = {
    subject: { kind: 'app', app: 'shop' } as const,
    error: new UsageError('There is no bucket.', 'Create it.'),
  };
  expect(renderProblemsMarkdown({ issues: [issue], failures: [failure] })).toBe(
    '\n### Problems\n\n- policies/a.yaml:3:1: wrong\n- shop  FAILED  There is no bucket. next: Create it.\n',
  );
  expect(renderProblemsMarkdown({ issues: [], failures: [] })).toBe('');
});

it('names the end that a run brought about, once', async () => {
  const world = await rolling();
  world.fireAlarm();
  const line = '| shop/prod | rolled-back (3) |';
  expect(renderOutcomesMarkdown([await world.reconcile()])).toContain(line);
  expect(renderOutcomesMarkdown([await world.reconcile()])).not.toContain('rolled-back (');
});

it('says what was written beside a release that is refused', async () => {
  const world = await rolling();
  const { release } = world.policy;
  const requires = [{ environment: 'staging', bakedSeconds: 60 }];
  world.policy = {
    ...world.policy,
    release: { ...release, build: '3', requires },
    preview: { access: 'off', ttlSeconds: 60 },
  };
  const outcome = await world.reconcile();
  expect(outcome).toMatchObject({ status: 'refused', exitCode: 3 });
  const text = renderOutcomes([outcome]);
  expect(text).toContain('The policy changed what the route carries beside the release.');
  expect(text).toContain('  wrote history: generation 3, settings-changed');
  expect(text).not.toContain('  write ');
  expect(renderOutcomesMarkdown([outcome])).toContain('| refused, settings-changed (3) |');
});

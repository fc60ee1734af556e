import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../controller/core/errors.ts';
import {
  escapeHtml,
  escapeMarkdown,
  renderProblemsMarkdown,
  toCode,
} from '../../../../controller/core/report/markdown.ts';
import {
  renderOutcomes,
  renderOutcomesMarkdown,
} from '../../../../controller/core/report/outcome.ts';
import { rolling } from '../../../fakes/rolling.ts';

it('leaves text that a table or a list can carry', () => {
  expect(escapeMarkdown('headgate publish <dir>:\n  a | b')).toBe(
    String.raw`headgate publish &lt;dir&gt;: a \| b`,
  );
});

describe('untrusted text', () => {
  const HOSTILE = [
    'ping @acme/admins and @team',
    'closes #12, GH-13',
    '[click](https://evil.example) ![x](https://evil.example/x.png)',
    'see https://evil.example or www.evil.example, mailto:a@evil.example',
    // GitHub begins a link after each of these.
    '_www.evil.example *www.evil.example (www.evil.example',
    '<img src=x onerror=alert(1)> </details><script>',
    'a | b\n| c |\n```\nbreak\n```',
    '**bold** _it_ ~~no~~ $x^2$ &lt;b&gt;',
    'half `a tick, and `code @team <b>` with #9',
    'right to left \u202e and \u0007 \u200b',
  ];

  it.each(HOSTILE)('is neither a mention, a link nor a tag: %s', async (text) => {
    const html = await marked.parse(`- ${escapeMarkdown(text)}`);
    const outside = html.replaceAll(/<code>.*?<\/code>/g, '');
    expect(html).toMatch(/^<ul>\n<li>.*<\/li>\n<\/ul>\n$/);
    expect(outside.replaceAll(/<\/?(ul|li|span)>/g, '')).not.toMatch(/<[a-z]/i);
    expect(outside).not.toMatch(/@\w|#\d|:\/\/|www\.|\$(?!<)|[\u202A-\u202E\u2066-\u2069]/);
    const cells = await marked.parse(`| a | b |\n|---|---|\n| ${escapeMarkdown(text)} | end |`);
    expect(cells.match(/<td>/g)).toHaveLength(2);
    expect(cells).toContain('<td>end</td>');
    const summary = escapeHtml(text);
    expect(summary.replaceAll('&#8203;', '\u200B')).not.toMatch(/[<>"]|@\w|#\d|:\/\//);
  });

  it('reads as it was, and code stays code', async () => {
    const text = 'a_b * c [d] `headgate rollback shop prod` ~ <e> & $5';
    const html = await marked.parse(escapeMarkdown(text));
    const shown = html.replaceAll(/<[^>]+>/g, '').trim();
    expect(shown).toBe('a_b * c [d] headgate rollback shop prod ~ &lt;e&gt; &amp; $5');
    expect(html).toContain('<code>headgate rollback shop prod</code>');
    expect(toCode('a`b|c')).toBe("`a'b¦c`");
  });
});

it('tells what was left out, and what could not be read', () => {
  const issue = { file: 'policies/a.yaml', line: 3, column: 1, message: 'wrong', example: 'right' };
  const failure = {
    subject: { kind: 'app', app: 'shop' } as const,
    error: new UsageError('There is no bucket.', 'Create it.'),
  };
  expect(renderProblemsMarkdown({ issues: [issue], failures: [failure] })).toBe(
    '\n### Problems\n\n- policies/a.yaml:3:1: wrong. For example: `right`\n- shop  FAILED  There is no bucket. next: Create it.\n',
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

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readGitHubFile } from './github-file.ts';
import { findWorkflowErrors } from './parser.ts';
import { WORKFLOW } from './rules.ts';

const root = new URL('../../', import.meta.url);
const SHA = '0123456789abcdef0123456789abcdef01234567';

const pages = readdirSync(new URL('policies', root))
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(new URL(`policies/${name}`, root), 'utf8') }));

/** What stands between fences of a language, as a person would copy it. */
function blocksOf(language: string) {
  return pages.flatMap(({ name, text }) =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
      ([, block = ''], index) => ({ name: `${name}, ${language} ${index + 1}`, block }),
    ),
  );
}

const yaml = blocksOf('yaml');
const workflows = yaml.filter(({ block }) => /^on:/m.test(block));

describe('a workflow to copy', () => {
  test('is there for both ways to publish, and for previews', () => {
    const used = workflows.flatMap(({ block }) => block.match(/acme\/headgate\/\S+(?=@)/g) ?? []);
    expect(used).toEqual([
      'acme/headgate/.github/workflows/publish.yml',
      'acme/headgate/.github/actions/publish',
      'acme/headgate/.github/workflows/preview.yml',
    ]);
  });

  test.each(workflows)('$name is one to GitHub, and keeps our rules', async ({ name, block }) => {
    const text = block.replaceAll('<full SHA>', SHA);
    expect(await findWorkflowErrors(name, text)).toEqual([]);
    const file = readGitHubFile(name, text);
    const { pinned, noExpressionsInRun, noPullRequestTarget, noCredentialsLeft } = WORKFLOW;
    const rules = [pinned, noExpressionsInRun, noPullRequestTarget, noCredentialsLeft];
    expect(rules.flatMap((rule) => rule?.(file) ?? ['no such rule'])).toEqual([]);
  });

  test.each(workflows)('$name gives what is called, and no input that it lacks', ({ block }) => {
    const { jobs } = parse(block) as { jobs: Record<string, Caller> };
    for (const [path, given] of Object.values(jobs).flatMap(callsOf)) {
      const inputs = inputsOf(path);
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      const required = Object.keys(inputs).filter((name) => inputs[name]?.required === true);
      expect(required).toEqual(['app', 'bucket', 'role-to-assume']);
      expect(Object.keys(given)).toEqual(expect.arrayContaining(required));
    }
  });
});

/** GitHub refuses a workflow whose jobs ask for more than the job that calls it has. */
test.each(workflows)('$name may do what is called, and no more', ({ block }) => {
  const { jobs } = parse(block) as { jobs: Record<string, Caller> };
  for (const { uses = '', permissions } of Object.values(jobs)) {
    const path = /^acme\/headgate\/(.*yml)@/.exec(uses)?.[1];
    if (path === undefined) continue;
    const called = parse(readFileSync(new URL(path, root), 'utf8')) as {
      jobs: Record<string, Caller>;
    };
    const asked = Object.values(called.jobs).map((job) => job.permissions ?? {});
    expect(permissions).toEqual(Object.assign({}, ...asked));
  }
});

interface Caller {
  readonly uses?: string;
  readonly permissions?: object;
  readonly with?: object;
  readonly steps?: readonly Caller[];
}

function callsOf(caller: Caller): [path: string, given: object][] {
  const own = /^acme\/headgate\/(.*)@/.exec(caller.uses ?? '')?.[1];
  return [
    ...(own === undefined ? [] : [[own, caller.with ?? {}] as [string, object]]),
    ...(caller.steps ?? []).flatMap(callsOf),
  ];
}

type Inputs = Readonly<Record<string, { readonly required?: boolean }>>;

function inputsOf(path: string): Inputs {
  const file = path.endsWith('.yml') ? path : `${path}/action.yml`;
  const content = parse(readFileSync(new URL(file, root), 'utf8')) as {
    readonly inputs?: Inputs;
    readonly on?: { readonly workflow_call: { readonly inputs: Inputs } };
  };
  return content.inputs ?? content.on?.workflow_call.inputs ?? {};
}

test.each(blocksOf('json'))('$name is JSON', ({ block }) => {
  expect(() => JSON.parse(block) as unknown).not.toThrow();
});

test.each(yaml)('$name is YAML', ({ block }) => {
  expect(() => parse(block) as unknown).not.toThrow();
});

import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../controller/commands/command.ts';
import { findActionErrors, findWorkflowErrors } from './parser.ts';
import { readGitHubFile, type GitHubFile } from './github-file.ts';
import { ANY_FILE, WORKFLOW, listHeadgateCalls } from './rules.ts';

const root = new URL('../../', import.meta.url);
const workflows = readdirSync(new URL('.github/workflows', root)).map((name) =>
  read(`workflows/${name}`),
);
const actions = readdirSync(new URL('.github/actions', root)).map((name) =>
  read(`actions/${name}/action.yml`),
);

function read(path: string): GitHubFile {
  return readGitHubFile(path, readFileSync(new URL(`.github/${path}`, root), 'utf8'));
}

describe.each(workflows)('$name', (file) => {
  test('is a workflow to GitHub', async () => {
    expect(await findWorkflowErrors(file.name, file.text)).toEqual([]);
  });

  test.each(Object.entries(WORKFLOW))('keeps the rule %s', (_name, rule) => {
    expect(rule(file)).toEqual([]);
  });
});

describe.each(actions)('$name', (file) => {
  test('is an action to GitHub', () => {
    expect(findActionErrors(file.name, file.text)).toEqual([]);
  });

  test.each(Object.entries(ANY_FILE))('keeps the rule %s', (_name, rule) => {
    expect(rule(file)).toEqual([]);
  });
});

type Commands = Readonly<Record<string, Pick<Command, 'help'> | undefined>>;

test('every headgate call names a command and flags that exist', async () => {
  const calls = [...workflows, ...actions].flatMap(listHeadgateCalls);
  expect(calls.map(({ verb }) => verb)).toEqual(
    expect.arrayContaining([
      'validate',
      'plan',
      'reconcile',
      'rollback',
      'publish',
      'preview',
      'build',
    ]),
  );
  for (const { verb, flags } of calls) {
    const module = (await import(`../../controller/commands/${verb}.ts`)) as Commands;
    for (const flag of flags) expect(module[verb]?.help, `headgate ${verb}`).toContain(flag);
  }
});

const SHA = '0123456789abcdef0123456789abcdef01234567';
const SOUND = `
on: push
permissions: {}
concurrency: { group: x, cancel-in-progress: false, queue: max }
jobs:
  apply:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: { contents: read, id-token: write }
    steps:
      - uses: actions/checkout@${SHA} # v7.0.1
        with: { persist-credentials: false }
      - uses: aws-actions/configure-aws-credentials@${SHA} # v6.2.3
      - run: npx headgate reconcile
`;

const SAME = 'github.event.pull_request.head.repo.full_name == github.repository';
const PULL = SOUND.replace('on: push', 'on: pull_request')
  .replace('    timeout-minutes', `    if: ${SAME}\n    timeout-minutes`)
  .replace(
    '- run: npx headgate reconcile',
    `- uses: acme/headgate/.github/actions/publish@${SHA} # v1.0.0\n        with: { untrusted: 'true' }`,
  );

const SHOWN = SOUND.replace('group: x', 'group: "x-${{ github.run_id }}"')
  .replace('contents: read', 'contents: write, pull-requests: write')
  .replace(
    'npx headgate reconcile',
    'npx headgate rollback --event --github\n        env:\n          GITHUB_TOKEN: ${{ github.token }}',
  );

describe('a planted violation is found', () => {
  test('but nothing in the workflow it is planted in', async () => {
    expect(await findWorkflowErrors('sound.yml', SOUND)).toEqual([]);
    const file = readGitHubFile('sound.yml', SOUND);
    expect(Object.values(WORKFLOW).flatMap((rule) => rule(file))).toEqual([]);
  });

  test.each([
    ['pinned', `checkout@${SHA} # v7.0.1`, 'checkout@v7'],
    ['pinned', `checkout@${SHA} # v7.0.1`, 'checkout@0123456 # v7.0.1'],
    ['pinned', `checkout@${SHA} # v7.0.1`, `checkout@${SHA}`],
    ['pinned', `actions/checkout@${SHA} # v7.0.1`, './.github/actions/setup # workflow_call:'],
    ['leastPermissions', 'permissions: {}\n', ''],
    ['leastPermissions', 'permissions: {}', 'permissions: { contents: read }'],
    ['leastPermissions', 'contents: read', 'contents: write'],
    ['leastPermissions', '{ contents: read, id-token: write }', 'write-all'],
    [
      'writesWhereItShows',
      'contents: read, id-token: write',
      'contents: read, id-token: write, attestations: write',
    ],
    ['tokenOnlyForAws', `aws-actions/configure-aws-credentials@${SHA}`, `actions/cache@${SHA}`],
    ['neverCancelled', 'cancel-in-progress: false', 'cancel-in-progress: true'],
    ['neverCancelled', ', queue: max', ''],
    ['neverCancelled', /concurrency.*\n/, ''],
    ['watchesAlone', 'run: npx headgate reconcile', 'run: npx headgate reconcile --watch'],
    [
      'watchesAlone',
      / {4}runs-on[^]*$/,
      `    concurrency: { group: x, cancel-in-progress: false }
    steps: [{ run: npx headgate reconcile --watch }]
  other:
    concurrency: { group: x, cancel-in-progress: false, queue: max }
    steps: [{ run: npx headgate reconcile }]
`,
    ],
    ['timeouts', '    timeout-minutes: 5\n', ''],
    ['timeouts', 'timeout-minutes: 5', 'timeout-minutes: 360'],
    ['noExpressionsInRun', 'reconcile', 'reconcile ${{ github.event.client_payload.app }}'],
    ['noExpressionsInRun', 'reconcile', 'reconcile ${{ inputs.app }}'],
    [
      'oneCommand',
      'run: npx headgate reconcile',
      'run: npx headgate plan && npx headgate reconcile',
    ],
    [
      'oneCommand',
      'run: npx headgate reconcile',
      'run: |\n          npm ci\n          npx headgate plan',
    ],
    ['leastPermissions', 'contents: read', 'checks: write'],
    ['noExpressionsInRun', 'npx headgate', 'npx headgate ${{ inputs.app }}'],
    ['noExpressionsInRun', 'npx headgate', 'npx headgate ${{ github.head_ref }}'],
    ['noExpressionsInRun', 'npx headgate', 'npx headgate ${{ github.event.client_payload.app }}'],
    [
      'noExpressionsInRun',
      'run: npx headgate reconcile',
      'uses: actions/github-script@x\n        with: { script: "log(`${{ github.event.pull_request.title }}`)" }',
    ],
    ['noExpressionsInRun', 'npx headgate', 'npx headgate ${{ secrets.HEADGATE_GITHUB_APP_KEY }}'],
    ['quotedInRun', 'headgate reconcile', 'headgate reconcile $FLAGS'],
    ['quotedInRun', 'headgate reconcile', 'headgate reconcile ${FLAGS}'],
    ['rollbackWaitsForNobody', 'headgate reconcile', 'headgate rollback shop prod'],
    ['noCredentialsLeft', 'with: { persist-credentials: false }', 'with: { fetch-depth: 0 }'],
    ['noPullRequestTarget', 'on: push', 'on: pull_request_target'],
  ])('%s: %s', (name, sound, planted) => {
    const text = SOUND.replace(sound, planted);
    expect(text).not.toBe(SOUND);
    expect(WORKFLOW[name]?.(readGitHubFile('planted.yml', text))).not.toEqual([]);
  });

  test.each([
    ['nothing in it', /^/, '', 0],
    ['a write that shows nothing', ' --github', '', 2],
    ['a command without its token', /\n.*GITHUB_TOKEN.*/, '', 1],
    ['the token of somebody else', 'github.token', 'secrets.GITHUB_TOKEN', 2],
    ['another secret', 'github.token }}', 'github.token }}\n          KEY: ${{ secrets.KEY }}', 1],
    ['all secrets', 'github.token }}', 'github.token }}\n          ALL: ${{ toJSON(secrets) }}', 1],
    [
      'a secret in the job',
      'steps:',
      'env: { KEY: "${{ secrets.HEADGATE_GITHUB_APP_KEY }}" }\n    steps:',
      1,
    ],
    [
      'a token for the whole workflow',
      'permissions: {}',
      'permissions: {}\nenv: { GITHUB_TOKEN: x }',
      1,
    ],
    [
      'a token for an action',
      'persist-credentials: false',
      'persist-credentials: false, token: "${{ github.token }}"',
      1,
    ],
    ['a group that others share', '${{ github.run_id }}', 'all', 1],
    ['a reviewer before a rollback', 'steps:', 'environment: prod\n    steps:', 1],
    ['a job before a rollback', 'steps:', 'needs: [plan]\n    steps:', 1],
  ])('a rollback with %s', (_what, sound, planted, complaints) => {
    const text = SHOWN.replace(sound, planted);
    const file = readGitHubFile('workflows/rollback.yml', text);
    expect(text !== SHOWN || complaints === 0).toBe(true);
    const said = Object.values(WORKFLOW).flatMap((rule) => rule(file));
    expect(said, said.join('; ')).toHaveLength(complaints);
  });

  test.each([
    ['of a fork with credentials', `    if: ${SAME}\n`, ''],
    [
      'of a fork with a token that may write',
      /( {4}if: .*\n)([^]*), id-token: write/,
      '$2, checks: write',
    ],
    ['with a condition that says nothing of forks', SAME, 'github.actor'],
    ['published among the builds of protected refs', "{ untrusted: 'true' }", '{}'],
    ['on the event of a caller', 'timeout-minutes: 5', 'timeout-minutes: 5 # workflow_call:'],
  ])('a pull request %s', (_what, sound, planted) => {
    const rule = WORKFLOW['pullRequestsAreUntrusted'];
    expect(rule?.(readGitHubFile('sound.yml', PULL))).toEqual([]);
    const text = PULL.replace(sound, planted);
    expect(text).not.toBe(PULL);
    expect(rule?.(readGitHubFile('planted.yml', text))).toHaveLength(1);
  });

  test.each([
    ['an unknown key', 'runs-on:', 'run-on:'],
    ['an unknown queue', 'queue: max', 'queue: maximum'],
    ['a broken expression', 'npx headgate', '${{ github.ref + }}'],
    ['an unknown context', 'timeout-minutes: 5', "if: var.ROLE != ''"],
  ])('%s is an error to GitHub', async (_what, sound, planted) => {
    expect(await findWorkflowErrors('planted.yml', SOUND.replace(sound, planted))).not.toEqual([]);
  });

  test('an action without steps is an error to GitHub', () => {
    const text = 'name: x\ndescription: y\nruns:\n  using: composite\n';
    expect(findActionErrors('action.yml', text)).not.toEqual([]);
  });
});

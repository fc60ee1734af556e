import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGitHub, type FakeGitHub } from '../../fakes/github/github.ts';
import { createSigstore } from '../../fakes/sigstore.ts';
import { readName, readRepository } from '../actions/day.ts';
import { createRunners, type Runners } from '../actions/runner.ts';
import type { RoleAccount } from './account.ts';

export interface Workflows {
  readonly github: FakeGitHub;
  readonly runners: Runners;
}

/** The account's policies in a repository with our workflows, whose jobs become the roles that bootstrap named. */
export async function openWorkflows(account: RoleAccount): Promise<Workflows> {
  const { setting, policies, said } = account;
  const names = await readdir(policies);
  const texts = names.map(async (name) => {
    return [`policies/${name}`, await readFile(join(policies, name), 'utf8')] as const;
  });
  const github = await startGitHub({
    files: {
      ...readRepository(['.github/workflows', '.github/actions/setup']),
      'package.json': readName(),
      ...Object.fromEntries(await Promise.all(texts)),
    },
  });
  const runners = createRunners({
    github,
    sigstore: await createSigstore(),
    directory: setting.directory,
    cloud: setting.cloud.environment,
    isNpxKnown: true,
    env: { HEADGATE_EDGE_ENDPOINT: setting.cloud.edgeUrl },
    vars: readVariables(said, github.repository),
    become: (role, subject) => account.become(role.replace(/^.*\//, ''), subject),
  });
  return { github, runners };
}

/** What bootstrap said to set: `gh variable set HEADGATE_PLAN_ROLE --repo acme/releases --body arn:...`. */
function readVariables(said: string, repository: string): Readonly<Record<string, string>> {
  const lines = said.matchAll(/gh variable set (\S+) --repo (\S+) --body (\S+)/g);
  return Object.fromEntries(
    [...lines].flatMap(([, name = '', of, value = '']) =>
      of === repository ? [[name, value]] : [],
    ),
  );
}

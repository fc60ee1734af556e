import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrap } from '../../../controller/commands/bootstrap.ts';
import type { Command } from '../../../controller/commands/command.ts';
import type { RecordedCall } from '../../../controller/local/iam/recorded-call.ts';
import { createIssuer } from '../../controller/local/iam/issuer.ts';
import { runInProcess } from '../run-in-process.ts';
import { createEmptySetting, type Setting } from '../setting.ts';

const ACCOUNT = '000000000000';

/** An account that `bootstrap --deploy` made, and everybody in it limited to a role that it made. */
export interface RoleAccount {
  readonly setting: Setting;
  /** Every permission that was asked for, by whom, and what was decided. */
  readonly calls: readonly RecordedCall[];
  /** Where `<name>.yaml` stands for all commands. */
  readonly policies: string;
  /** In one of them, the first text by the second. */
  edit(name: string, change: readonly [string, string]): Promise<void>;
  /** What bootstrap said when it had made it. */
  readonly said: string;
  /** Credentials of a role, for a job of GitHub with that subject or, without one, for a person of the account. */
  become(role: string, subject?: string): Promise<Readonly<Record<string, string>>>;
  /** `headgate <command> <args>` by a job of GitHub with that subject, or, without one, by a person of the account. */
  as(role: string, subject?: string): Promise<Run>;
}

export type Run = (command: Command, args: readonly string[]) => ReturnType<typeof runInProcess>;

export async function openRoleAccount(
  policies: Readonly<Record<string, string>>,
): Promise<RoleAccount> {
  const calls: RecordedCall[] = [];
  const issuer = createIssuer();
  const setting = await createEmptySetting({
    issuers: issuer.issuers,
    onRequest: (call) => void calls.push(call),
  });
  const directory = join(setting.directory, 'policies');
  await mkdir(directory);
  for (const [name, text] of Object.entries(policies))
    await writeFile(join(directory, `${name}.yaml`), text);
  const made = await runInProcess(setting, bootstrap, {
    args: ['--deploy', '--policies', directory],
  });
  if (made.code !== 0) throw new Error(`bootstrap: ${made.stdout}${made.stderr}`);
  const become: RoleAccount['become'] = (role, subject) =>
    assume(setting, role, subject === undefined ? undefined : issuer.issue(subject));
  return {
    setting,
    calls,
    policies: directory,
    said: made.stdout,
    become,
    async edit(name, [before, after]) {
      const file = join(directory, `${name}.yaml`);
      const text = await readFile(file, 'utf8');
      if (!text.includes(before)) throw new Error(`${file} has no ${before}:\n${text}`);
      await writeFile(file, text.replace(before, after));
    },
    async as(role, subject) {
      const own = limitTo(setting, await become(role, subject));
      return (command, args) => {
        // `build` has the option without a default, for some of what it does.
        const isPlaced = command.options['policies']?.default === undefined;
        return runInProcess(own, command, {
          args: isPlaced ? args : [...args, '--policies', directory],
        });
      };
    },
  };
}

async function assume({ cloud }: Setting, role: string, token: string | undefined) {
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/${role}`;
  const sts = new STSClient({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const asked = { RoleArn, RoleSessionName: 'job' };
  try {
    const { Credentials } =
      token === undefined
        ? await sts.send(new AssumeRoleCommand(asked))
        : await sts.send(
            new AssumeRoleWithWebIdentityCommand({ ...asked, WebIdentityToken: token }),
          );
    return {
      AWS_ACCESS_KEY_ID: String(Credentials?.AccessKeyId),
      AWS_SECRET_ACCESS_KEY: String(Credentials?.SecretAccessKey),
      AWS_SESSION_TOKEN: String(Credentials?.SessionToken),
    };
  } finally {
    sts.destroy();
  }
}

function limitTo(setting: Setting, credentials: Readonly<Record<string, string>>): Setting {
  const environment = { ...setting.cloud.environment, ...credentials };
  return { ...setting, cloud: { ...setting.cloud, environment } };
}

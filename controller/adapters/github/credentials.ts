import { createPrivateKey } from 'node:crypto';
import { UsageError } from '../../core/errors.ts';

export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'app'; readonly appId: string; readonly privateKey: string };

/** Reads a secret that a variable only names, from SSM in the region of the environment. */
export type ReadSecret = (name: string) => Promise<string | undefined>;

type Env = Readonly<Record<string, string | undefined>>;

const BY_NAME = 'ssm:';

/** As whom GitHub is asked. The App comes first: in Actions there may be a GITHUB_TOKEN for other steps, too. */
export async function readCredentials(env: Env, readSecret: ReadSecret): Promise<Credentials> {
  const appId = env['HEADGATE_GITHUB_APP_ID'];
  const key = env['HEADGATE_GITHUB_APP_KEY'];
  if (appId && key) return { kind: 'app', appId, privateKey: await readKey(key, readSecret) };
  if (appId || key)
    throw new UsageError(
      `${appId ? 'HEADGATE_GITHUB_APP_ID' : 'HEADGATE_GITHUB_APP_KEY'} is set without ${appId ? 'HEADGATE_GITHUB_APP_KEY' : 'HEADGATE_GITHUB_APP_ID'}.`,
      'Set both to act as a GitHub App, or neither to use GITHUB_TOKEN.',
    );
  const token = env['GITHUB_TOKEN'];
  if (token) return { kind: 'token', token };
  throw new UsageError(
    'There is nothing to sign in to GitHub with.',
    'In a workflow give the step `env: GITHUB_TOKEN: ${{ github.token }}`; for a GitHub App set HEADGATE_GITHUB_APP_ID and HEADGATE_GITHUB_APP_KEY (its private key, or `ssm:/name` of a SecureString).',
  );
}

async function readKey(given: string, readSecret: ReadSecret): Promise<string> {
  const isNamed = given.startsWith(BY_NAME);
  const name = given.slice(BY_NAME.length);
  const text = isNamed ? await readSecret(name) : given;
  if (text === undefined)
    throw new UsageError(
      `There is no parameter ${name}, which HEADGATE_GITHUB_APP_KEY names, in this account and region.`,
      `Store the App's private key: aws ssm put-parameter --type SecureString --name ${name} --value file://app.pem`,
    );
  // In one line, as some stores and env files keep it.
  const key = text.replaceAll('\\n', '\n').trim();
  if (isRsaKey(key)) return key;
  throw new UsageError(
    `${isNamed ? `The parameter ${name}` : 'HEADGATE_GITHUB_APP_KEY'} holds no RSA private key in PEM form.`,
    'It is the .pem file that GitHub gives under "Private keys" of the App\'s settings, with its first and last line.',
  );
}

/** The reason why not is not told: it may quote the text. */
function isRsaKey(text: string): boolean {
  try {
    return createPrivateKey(text).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

import { UsageError } from '../../core/errors.ts';
import { createClient, type ClientOptions, type Octokit } from './client.ts';
import { readCredentials, type ReadSecret } from './credentials.ts';
import { readFailure } from './failure.ts';
import type { Identity, Link, Session } from './link.ts';

interface SignIn {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readSecret: ReadSecret;
  readonly place: Link['place'];
  readonly options: ClientOptions;
}

/** Tokens of an App's installation, the GITHUB_TOKEN of Actions among them, begin so (documented). */
const INSTALLATION_TOKEN = 'ghs_';

export async function signIn({ env, readSecret, place, options }: SignIn): Promise<Session> {
  const credentials = await readCredentials(env, readSecret);
  if (credentials.kind === 'token') {
    const octokit = createClient(credentials, options);
    let known: Identity | undefined;
    const identity = async () => (known ??= await identifyToken(octokit, credentials.token));
    return { octokit, identity };
  }
  const asApp = createClient(credentials, options);
  const installation = await findInstallation(asApp, credentials.appId, place);
  const octokit = createClient(credentials, options, installation);
  return { octokit, identity: async () => ({ kind: 'app', startsWorkflows: true }) };
}

async function findInstallation(
  asApp: Octokit,
  appId: string,
  place: Link['place'],
): Promise<number> {
  try {
    const { data } = await asApp.rest.apps.getRepoInstallation(place);
    return data.id;
  } catch (error) {
    if (readFailure(error)?.status !== 404) throw error;
    throw new UsageError(
      `The GitHub App ${appId} is not installed on ${place.owner}/${place.repo}.`,
      'Install it on that repository (its page > Install App), or check HEADGATE_GITHUB_APP_ID.',
    );
  }
}

/** Only a person's token may ask who it is: an installation's is told so, with 403. */
async function identifyToken(octokit: Octokit, token: string): Promise<Identity> {
  if (token.startsWith(INSTALLATION_TOKEN)) return { kind: 'app', startsWorkflows: false };
  try {
    const { data } = await octokit.rest.users.getAuthenticated();
    return { kind: 'person', login: data.login };
  } catch (error) {
    if (readFailure(error)?.status !== 403) throw error;
    return { kind: 'app', startsWorkflows: false };
  }
}

import { UsageError } from '../../core/errors.ts';
import { isRepositoryName } from '../../core/github/run.ts';
import type { GitHub } from '../../ports/github.ts';
import { createChecks } from './checks.ts';
import { PACE, type Pace } from './client.ts';
import { createComments } from './comments.ts';
import type { ReadSecret } from './credentials.ts';
import { createDeployments } from './deployments.ts';
import { createLink, type Link } from './link.ts';
import { createPullRequests } from './pull-requests.ts';
import { createRepository } from './repository.ts';
import { signIn } from './sign-in.ts';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** That names the repository. */
  readonly variable: string;
  readonly readSecret: ReadSecret;
}

/** Asks nobody yet: whoever calls nothing needs neither a token nor GitHub. */
export function connect({ env, variable, readSecret }: Surroundings, pace: Pace = PACE): GitHub {
  const place = readPlace(env[variable], variable);
  const options = { baseUrl: readBaseUrl(env['GITHUB_API_URL']), pace };
  const link: Link = createLink({ place, open: () => signIn({ env, readSecret, place, options }) });
  return {
    comments: createComments(link),
    checks: createChecks(link),
    deployments: createDeployments(link),
    pullRequests: createPullRequests(link),
    repository: createRepository(link),
  };
}

function readBaseUrl(url: string | undefined): string | undefined {
  if (!url || URL.canParse(url)) return url || undefined;
  throw new UsageError(
    `GITHUB_API_URL is "${url}", which is no URL.`,
    'Leave it out for GitHub.com; of GitHub Enterprise it is https://<host>/api/v3.',
  );
}

function readPlace(name: string | undefined, variable: string): Link['place'] {
  const [owner = '', repo = ''] = (name ?? '').split('/');
  if (isRepositoryName(name ?? '')) return { owner, repo };
  throw new UsageError(
    name ? `${variable} is "${name}", not owner/name.` : `${variable} is not set.`,
    `Set ${variable} to the repository of the policies, such as acme/releases; GitHub Actions sets GITHUB_REPOSITORY by itself.`,
  );
}

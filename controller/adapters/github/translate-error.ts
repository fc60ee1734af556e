import {
  ConflictError,
  HeadgateError,
  RefusedError,
  UnansweredError,
  UsageError,
} from '../../core/errors.ts';
import { isLimit, isSecondary, readFailure, type Failure } from './failure.ts';

/** What an adapter was doing when GitHub refused. */
export interface Doing {
  /** In words: `the comment on pull request 7`. */
  readonly what: string;
  /** As a workflow spells the permission it needs: `pull-requests: write`. */
  readonly permission: string;
}

interface Asked extends Doing {
  /** `owner/name`. */
  readonly repository: string;
  readonly now: number;
}

export interface Explained {
  readonly error: Error;
  /** Nobody need be asked again before; in milliseconds. undefined: this was about one request. */
  readonly silentUntil?: number;
  /** Only when so many come in a row: one may be about one thing. */
  readonly silentAfter?: number;
}

type Explain = (failure: Failure, asked: Asked) => Explained;

/** A part of GitHub may be broken while the others work. */
const BROKEN_IN_A_ROW = 3;

/** How long somebody who doesn't answer is left alone. */
const SILENCE_MILLISECONDS = 60_000;

const PROTECTED =
  /protected branch|branch protection|rule violations|must be made through a pull request|^Reference update failed/i;

/** The first that matches explains the failure. */
const EXPLANATIONS: readonly (readonly [(failure: Failure) => boolean, Explain])[] = [
  [({ isForeign }) => isForeign, foreign],
  [({ status }) => status === 0, unreachable],
  [isLimit, limited],
  [({ status }) => status === 401, unknownIdentity],
  [({ message }) => /permitted to create or approve pull requests/.test(message), mayOpenNone],
  [({ message }) => /permission to create labels/.test(message), mayMakeNoLabel],
  [({ message }) => PROTECTED.test(message), branchProtected],
  [({ message }) => /authenticate via a GitHub App/.test(message), onlyApps],
  [({ status }) => status === 403, denied],
  [({ status }) => status === 404, missing],
  [({ status }) => status === 409, conflict],
  [({ status }) => status >= 500, broken],
  [() => true, invalid],
];

/**
 * What a failed request to GitHub means to a person. Errors that are already explained, and those nobody
 * but us can fix, come back unchanged. Causes are left out: they hold whole requests.
 */
export function explainFailure(error: unknown, asked: Asked): Explained {
  if (error instanceof HeadgateError) return { error };
  const failure = readFailure(error);
  if (failure === undefined)
    return { error: error instanceof Error ? error : new Error(String(error)) };
  const [, explain] = EXPLANATIONS.find(([matches]) => matches(failure)) ?? [undefined, invalid];
  return explain(failure, asked);
}

function foreign({ host }: Failure): Explained {
  const error = new UsageError(
    `What answers at ${host} is not GitHub's API.`,
    'Check GITHUB_API_URL: https://api.github.com, or https://<host>/api/v3 of GitHub Enterprise; else look for a proxy in between.',
  );
  return { error };
}

function unreachable({ host, code, message }: Failure, { now }: Asked): Explained {
  const error = new UnansweredError(
    `GitHub (${host}) does not answer: ${code || message}.`,
    'Nothing waits for it, and the next run shows what this one could not. Look at https://www.githubstatus.com, and where GITHUB_API_URL is set, whether it is right.',
  );
  return { error, silentUntil: now + SILENCE_MILLISECONDS };
}

function broken({ host, status }: Failure, { what, now }: Asked): Explained {
  const error = new UnansweredError(
    `GitHub (${host}) could not do ${what}, also after several tries: HTTP ${status}.`,
    'Nothing waits for it, and the next run shows what this one could not. Look at https://www.githubstatus.com.',
  );
  return { error, silentUntil: now + SILENCE_MILLISECONDS, silentAfter: BROKEN_IN_A_ROW };
}

function limited({ headers, message }: Failure, { now }: Asked): Explained {
  const seconds = Number(headers['retry-after']);
  const reset = Number(headers['x-ratelimit-reset']) * 1000;
  const isPrimary = headers['x-ratelimit-remaining'] === '0' && !isSecondary({ headers, message });
  const after = isPrimary && reset > now ? reset : now + (seconds * 1000 || SILENCE_MILLISECONDS);
  const which = isPrimary
    ? `The requests that GitHub allows this token (${headers['x-ratelimit-limit'] ?? 'some'} an hour) are used up`
    : 'GitHub asks for a pause after many requests (secondary rate limit)';
  const error = new UnansweredError(
    `${which}, until ${new Date(after).toISOString()}.`,
    'Nothing waits for it, and the next run after that time shows what this one could not. A GitHub App has a limit of its own, and a higher one.',
  );
  return { error, silentUntil: after };
}

function unknownIdentity({ message }: Failure): Explained {
  const error = new UsageError(
    `GitHub does not accept who we say we are: ${message}.`,
    'Check GITHUB_TOKEN (the one of a workflow ends with its job), or that HEADGATE_GITHUB_APP_ID and HEADGATE_GITHUB_APP_KEY belong together.',
  );
  return { error };
}

function mayOpenNone({ message }: Failure): Explained {
  const error = new UsageError(
    `GitHub refuses to open a pull request: ${message}`,
    'Allow it under Settings > Actions > General > "Allow GitHub Actions to create and approve pull requests" (of the organization, too), or act as a GitHub App: HEADGATE_GITHUB_APP_ID and HEADGATE_GITHUB_APP_KEY.',
  );
  return { error };
}

/** Observed since 2025, against the documentation: `pull-requests: write` adds labels, and makes none. */
function mayMakeNoLabel({ message }: Failure, { what, repository }: Asked): Explained {
  const error = new UsageError(
    `${repository} does not have ${what} yet, and this token may not make it: ${message}`,
    'Make it once, by hand: `gh label create` with that name. The pull request is there all the same.',
  );
  return { error };
}

function branchProtected({ message }: Failure, { what }: Asked): Explained {
  const error = new RefusedError(
    `The rules of the repository forbid ${what}: ${message}`,
    'Under Settings > Rules (or Branches) leave `headgate/**` out, or put the App that Headgate acts as on the bypass list.',
  );
  return { error };
}

function onlyApps({ message }: Failure, { what }: Asked): Explained {
  const error = new UsageError(
    `This token may not do ${what}: ${message}`,
    'Use the GITHUB_TOKEN of a workflow (`${{ github.token }}`), or a GitHub App: check runs are for Apps only.',
  );
  return { error };
}

/** Says the same of thirty environments, so that it is told once. */
function denied({ message, headers }: Failure, { permission, repository }: Asked): Explained {
  const accepted = acceptedPermissions(headers['x-accepted-github-permissions']);
  // Of one request: what is read here is written next.
  const isOurs = accepted === '' || accepted.includes(`\`${permission.split(':', 1)[0] ?? ''}:`);
  const lines = isOurs ? `\`${permission}\`` : accepted;
  const error = new UsageError(
    `The token in use may not do what needs ${lines} in ${repository}: ${message}.`,
    `Put ${lines} under \`permissions:\` of the job, or give the GitHub App that permission and let its owner accept it. Runs for a pull request from a fork get a token that only reads, whatever the workflow says.`,
  );
  return { error };
}

/** `issues=write; pull_requests=write` (documented: either is enough) as a workflow spells it. */
function acceptedPermissions(header: string | undefined): string {
  const alternatives = (header ?? '')
    .split(';')
    .map((alternative) =>
      [...alternative.matchAll(/([\w-]+)=(\w+)/g)]
        .map(([, name = '', level]) => `\`${name.replaceAll('_', '-')}: ${level}\``)
        .join(' and '),
    );
  return alternatives.filter((alternative) => alternative !== '').join(' or ');
}

function missing(_: Failure, { what, repository, permission }: Asked): Explained {
  const error = new UsageError(
    `GitHub knows nothing of ${what} in ${repository}, or this token may not see it.`,
    `Check that it is there, and that the token is of this repository and has \`${permission}\`.`,
  );
  return { error };
}

function conflict({ message }: Failure, { what }: Asked): Explained {
  return { error: new ConflictError(`Something else came in between at ${what}: ${message}.`) };
}

function invalid({ status, message }: Failure, { what }: Asked): Explained {
  const error = new UsageError(
    `GitHub refuses ${what} (HTTP ${status}): ${message}.`,
    'Mend what GitHub names, and run it again. If it is nothing of yours, please report it with this line.',
  );
  return { error };
}

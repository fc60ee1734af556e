import { connect } from '../../../../controller/adapters/github/connect.ts';
import type { GitHub } from '../../../../controller/ports/github.ts';
import type { FakeGitHub } from '../../../fakes/github/github.ts';

/** A thousandth of the waits, but no timeout that a busy machine would reach. */
const PACE = {
  secondMilliseconds: 1,
  timeoutMilliseconds: 10_000,
  write: { burst: 1000, interval: 1000 },
};

interface Options {
  readonly secrets?: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds?: number;
}

/** Our adapter as the runs have it; `env` says as whom, and may say more. */
export function connectTo(
  github: Pick<FakeGitHub, 'url' | 'repository'>,
  env: Readonly<Record<string, string | undefined>>,
  { secrets = {}, ...pace }: Options = {},
): GitHub {
  const all = { GITHUB_REPOSITORY: github.repository, GITHUB_API_URL: github.url, ...env };
  const readSecret = async (name: string) => secrets[name];
  return connect({ env: all, variable: 'GITHUB_REPOSITORY', readSecret }, { ...PACE, ...pace });
}

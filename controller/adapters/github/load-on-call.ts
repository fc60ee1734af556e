import type { GitHub } from '../../ports/github.ts';
import { loadOnCall } from '../load-on-call.ts';
import type { Surroundings } from './connect.ts';

/** Octokit takes longer to load than most commands take to run, and most runs never ask GitHub. */
export function loadGitHubOnCall(surroundings: Surroundings): GitHub {
  let connected: Promise<GitHub> | undefined;
  const connect = async () => (await import('./connect.ts')).connect(surroundings);
  const load = () => (connected ??= connect());
  return {
    comments: loadOnCall(async () => (await load()).comments),
    checks: loadOnCall(async () => (await load()).checks),
    deployments: loadOnCall(async () => (await load()).deployments),
    pullRequests: loadOnCall(async () => (await load()).pullRequests),
    repository: loadOnCall(async () => (await load()).repository),
  };
}

import type { Verb } from './facts.ts';

/** Logical ids; of roles for one app or group the beginning. */
export const ROLE_IDS = {
  plan: 'PlanRole',
  release: 'ReleaseRole',
  'edge-deploy': 'EdgeDeployRole',
  rollback: 'RollbackRole',
  gc: 'GcRole',
  preview: 'PreviewRole',
  keys: 'KeysRole',
  doctor: 'DoctorRole',
  publish: 'PublishRole',
  'pull-request': 'PullRequestRole',
  'fast-lane': 'FastLaneRole',
  forward: 'ForwardRole',
  edge: 'EdgeRole',
} as const satisfies Record<Verb, string>;

/** `shop-admin` in a logical id, which has letters and digits alone: `ShopXadmin`. No two names share one. */
export function idOf(name: string): string {
  const text = name.replaceAll('-', 'X');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

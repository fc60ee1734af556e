import type { GatePolicy } from '../../controller/core/policy/policy.ts';

/** Lets in 40 % of visitors. */
export function gateOf(changes: Partial<GatePolicy> = {}): GatePolicy {
  return {
    protect: ['/shop/*', '/cart', '/checkout/*'],
    exclude: [],
    accepting: true,
    rateBasisPoints: 4000,
    bypassHeaders: [],
    page: '/waiting/index.html',
    pageLine: 21,
    status: 429,
    idleSeconds: 1800,
    capSeconds: 43_200,
    ...changes,
  };
}

import type { Gate } from '../../../edge/contract/route.ts';
import type { GatePolicy } from '../policy/policy.ts';
import { deriveSalt } from './salt.ts';

/** `id`: `shop/prod`. What says nothing is left out: every byte of a route counts. */
export function renderGate(gate: GatePolicy, id: string): Gate {
  const { exclude, priority, bypassHeaders, failOpenUntil } = gate;
  return {
    paths: gate.protect,
    ...(exclude.length > 0 && { except: exclude }),
    open: gate.accepting ? 1 : 0,
    rate: gate.rateBasisPoints,
    salt: deriveSalt('gate', id),
    ...(priority && { priority: priority.cookie }),
    ...(priority && priority.since > 1 && { since: priority.since }),
    ...(bypassHeaders.length > 0 && { bypass: bypassHeaders }),
    page: gate.page,
    status: gate.status,
    idle: gate.idleSeconds,
    cap: gate.capSeconds,
    ...(failOpenUntil !== undefined && { until: Date.parse(failOpenUntil) / 1000 }),
  };
}

/** What bootstrap would make and the doctor compares by itself, from the same source as the template. */
import type { Role } from '../iam/roles/facts.ts';
import { listRoles } from '../iam/roles/list.ts';
import { listBeaconPieces } from '../infrastructure/beacon-metrics.ts';
import { listFastLanePieces } from '../infrastructure/fast-lane.ts';
import type { Piece } from '../infrastructure/facts.ts';
import { listGroupPieces } from '../infrastructure/group.ts';
import { requiredFacts } from '../infrastructure/requirements.ts';
import { roleFactsOf } from '../infrastructure/stacks.ts';
import type { Policies } from '../policy/policy.ts';

export interface WantedLog {
  readonly name: string;
  readonly days: number;
  /** Names of its metric filters. */
  readonly filters: readonly string[];
}

/** The fast lane's only where `setup` asks for one. */
export function listWantedLogs(policies: Policies): readonly WantedLog[] {
  const facts = requiredFacts({ policies, live: {} });
  const lane = policies.setup === undefined ? [] : listFastLanePieces(facts);
  const logs = ofType([...listGroupPieces(facts), ...lane], 'AWS::Logs::LogGroup');
  const filters = ofType(listBeaconPieces(facts), 'AWS::Logs::MetricFilter');
  return logs.map(({ id, resource: { Properties } }) => ({
    name: String(Properties['LogGroupName']),
    days: Number(Properties['RetentionInDays']),
    filters: filters
      .filter((filter) => isRefTo(filter.resource.Properties['LogGroupName'], id))
      .map((filter) => String(filter.resource.Properties['FilterName'])),
  }));
}

/** Properties of the fast lane's function; undefined: none is wanted. */
export function wantedLane(policies: Policies): Piece['resource']['Properties'] | undefined {
  const pieces = listFastLanePieces(requiredFacts({ policies, live: {} }));
  return ofType(pieces, 'AWS::Lambda::Function')[0]?.resource.Properties;
}

/** Those that `setup` asks for; without it, those that edge groups name. */
export function listWantedRoles(policies: Policies): readonly Role[] {
  const roles = listRoles(roleFactsOf(requiredFacts({ policies, live: {} })));
  return policies.setup === undefined ? roles.filter(({ verb }) => verb === 'edge') : roles;
}

function ofType(pieces: readonly Piece[], type: string): readonly Piece[] {
  return pieces.filter(({ resource }) => resource.Type === type);
}

function isRefTo(value: unknown, id: string): boolean {
  return typeof value === 'object' && value !== null && Object.entries(value)[0]?.[1] === id;
}

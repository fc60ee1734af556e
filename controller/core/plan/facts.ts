import type { AppPolicy, EdgeGroup, EnvironmentPolicy, TogetherPolicy } from '../policy/policy.ts';
import type { Findings } from '../provenance/attestation.ts';
import type { Observations } from '../rollout/verdict.ts';
import type { Adoption } from '../state/adopt.ts';
import type { Build } from '../state/build.ts';
import type { Live, LiveRoute } from '../state/live.ts';
import type { EnvironmentRecord, Pause } from '../state/record.ts';
import { isNewerVersion, parseRoute } from '../state/route.ts';
import type { Distribution } from './behaviours.ts';

/** A published build, or a whole origin, as a plan looks at it. */
export interface PublishedBuild {
  readonly build: Build;
  /** An origin whose name a published build has too. */
  readonly isPublishedToo?: boolean;
  /** Its files that the policy's pool patterns would look for in the wrong place. */
  readonly misplaced: readonly string[];
  /** Whether the page a navigation gets is really there. */
  readonly hasEntryPage: boolean;
}

/** A build of which nothing is known, because reading it failed. */
export interface UnreadBuild {
  readonly message: string;
  readonly next: string;
}

/** Everything one environment's plan is made from: policy, record, live state, evidence, clock. */
export interface EnvironmentFacts {
  readonly app: AppPolicy;
  readonly environment: EnvironmentPolicy;
  readonly group: EdgeGroup;
  /** The other apps. */
  readonly neighbours?: readonly AppPolicy[];
  /** All that move together with it, itself too. */
  readonly together?: TogetherPolicy;
  /**
   * The KeyValueStore that carries the live route: the record's, before the first release the policy's.
   * undefined: the SSM parameter is the release, and Lambda@Edge reads it.
   */
  readonly store: string | undefined;
  /** Of that store. */
  readonly storeArn?: string;
  /** The highest generation in the stored record, that of an intent too: it may be at the edge already. */
  readonly recordedGeneration: number;
  /** Revision of the stored record; undefined: there is none. */
  readonly recordRevision: string | undefined;
  readonly adoption: Adoption;
  /** Of the stored record: also while the very first release isn't live yet. */
  readonly pause: Pause | undefined;
  /** The newest live route, as adoption saw it. */
  readonly liveRoute: LiveRoute | undefined;
  readonly live: Live;
  /** The edge has keys to verify and sign tokens with. */
  readonly hasKeys: boolean;
  /** Bytes of the gate's waiting page; undefined: it is not published, or there is no gate. */
  readonly pageBytes: number | undefined;
  /** The history entry of the adopted record's generation is there. */
  readonly hasHistory: boolean;
  /** By build number: the builds that the policy names, and those the record serves. */
  readonly builds: ReadonlyMap<string, PublishedBuild>;
  /** Of the same those that couldn't be read. */
  readonly unread?: ReadonlyMap<string, UnreadBuild>;
  readonly observations: Observations;
  /** Records of the environments that a release here requires, by name. */
  readonly required: ReadonlyMap<string, EnvironmentRecord>;
  /** Where the builds that the policy names come from; absent: it requires nothing of them. */
  readonly provenance?: Findings | undefined;
  readonly distribution: Distribution | undefined;
  readonly now: Date;
  readonly by: string;
  readonly commit: string | undefined;
}

/** KeyValueStore keys: the policy's hosts and the distribution's own domain. */
export function hostsOf(facts: EnvironmentFacts): readonly string[] {
  const own = facts.distribution?.domain;
  return own === undefined ? facts.environment.hosts : [...facts.environment.hosts, own];
}

/**
 * Never goes back, also when the record was lost or the edge is ahead of it. SSM has no conditional
 * write, so what an interrupted run intended may reach it yet: there its generation is taken, too.
 */
export function nextGeneration(facts: EnvironmentFacts): number {
  const { adoption, liveRoute, store, recordedGeneration } = facts;
  const intended = store === undefined ? recordedGeneration : 0;
  return Math.max(adoption.record?.generation ?? 0, liveRoute?.route.gen ?? 0, intended) + 1;
}

/** Who else a host's key belongs to, as `app/environment`; undefined: nobody else. */
export function foreignOwner(facts: EnvironmentFacts, host: string): string | undefined {
  const text = facts.live.values.get(host);
  if (isNewerVersion(text)) return 'a newer version of Headgate';
  const route = parseRoute(text);
  const isOurs = route?.app === facts.app.app && route.env === facts.environment.name;
  return route === undefined || isOurs ? undefined : `${route.app}/${route.env}`;
}

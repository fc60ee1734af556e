import type { Client } from './clients.ts';
import type { Tree } from './tree.ts';

export type ScenarioName = 'first' | 're-publish' | 'same' | 'pair' | 'large';

export interface Scenario {
  readonly name: ScenarioName;
  readonly title: string;
  readonly tree: Tree;
  /** The earlier build is there already, by us. */
  readonly hasBase: boolean;
  /** Keys of many earlier builds in the pool. */
  readonly pooled: number;
  readonly publishes: { readonly directory: string; readonly build: string };
  readonly takesPart: (client: Client) => boolean;
  /** Once is enough where only requests or memory are asked. */
  readonly once: boolean;
}

const POOLED = 300_000;
const BASE = '1041';
const NEXT = '1042';

export interface Trees {
  readonly synthetic: Tree;
  readonly pair: Tree | undefined;
  readonly large: Tree | undefined;
}

/** `hasFirst`: the first publish is measured in the same run. */
export function listScenarios(
  { synthetic, pair, large }: Trees,
  hasFirst: boolean,
): readonly Scenario[] {
  const size = `${synthetic.files} files, ${(synthetic.bytes / 1e6).toFixed(0)} MB`;
  const again = (pooled: number): readonly Scenario[] => {
    const rest = { tree: synthetic, hasBase: true, pooled, once: pooled === 0 };
    const among = `pool of ${pooled === 0 ? 'this app only' : `${pooled} keys more`}`;
    return [
      {
        ...rest,
        name: 're-publish',
        title: `re-publish, ${synthetic.changed} of ${size} changed, ${among}`,
        publishes: { directory: synthetic.after, build: NEXT },
        // A peer uploads all of it into a new prefix, as at its first publish: measured there, where that is measured.
        takesPart: ({ kind }) => kind === 'ours' || (kind === 'tuned' && pooled > 0 && !hasFirst),
      },
      {
        ...rest,
        name: 'same',
        title: `the same build again, ${among}`,
        publishes: { directory: synthetic.before, build: BASE },
        takesPart: isOurs,
      },
    ];
  };
  return [
    {
      name: 'first',
      title: `first publish, ${size}`,
      tree: synthetic,
      hasBase: false,
      pooled: 0,
      publishes: { directory: synthetic.before, build: BASE },
      takesPart: () => true,
      once: false,
    },
    ...again(POOLED),
    ...again(0),
    ...(pair ? [describePair(pair)] : []),
    ...(large ? [describeLarge(large)] : []),
  ];
}

function describePair(tree: Tree): Scenario {
  return {
    name: 'pair',
    title: `${tree.name}, the next release: ${tree.changed} of ${tree.files} files changed, ${(tree.bytes / 1e6).toFixed(1)} MB`,
    tree,
    hasBase: true,
    pooled: 0,
    publishes: { directory: tree.after, build: NEXT },
    // What the other engine costs is seen at the first publish.
    takesPart: ({ kind }) => kind !== 'engine',
    once: false,
  };
}

function describeLarge(tree: Tree): Scenario {
  const publishes = { directory: tree.before, build: BASE };
  const rest = { hasBase: false, pooled: 0, publishes, takesPart: isOurs, once: true };
  return { name: 'large', title: tree.name, tree, ...rest };
}

function isOurs({ kind }: Client): boolean {
  return kind === 'ours';
}

/** The build that a base is published as. */
export function baseOf({ tree }: Scenario): { readonly directory: string; readonly build: string } {
  return { directory: tree.before, build: BASE };
}

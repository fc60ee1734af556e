import { UsageError } from '../core/errors.ts';

export interface UpOptions {
  readonly demo: boolean;
  readonly exit: boolean;
  /** Three directories; undefined: the storefront. */
  readonly builds: readonly string[] | undefined;
  /** How the demo's app lays its builds out; undefined: as the example policy says. */
  readonly layout: 'tree' | undefined;
  readonly directory: string;
  readonly port: number;
  readonly edgePort: number;
  readonly speed: number;
  readonly propagationSeconds: number;
  /** Where Lambda@Edge functions run. */
  readonly edgeRegion: string;
}

/** As `parseArgs` of node:util gives them. */
interface Arguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

const EXAMPLE = 'For example: headgate up --demo --speed 60. All options: headgate up --help';

/** Checks everything before anything starts. Throws a UsageError with all that is wrong. */
export function readUpOptions({ positionals, values }: Arguments): UpOptions {
  const problems: string[] = [];
  const number = (name: string, limits: Limits, otherwise: number) => {
    const written = values[name];
    const value = written === undefined ? otherwise : Number(written === '' ? Number.NaN : written);
    const { low, high, whole } = limits;
    if (!(value >= low && value <= high) || (whole && !Number.isInteger(value))) {
      const kind = whole ? 'a whole number' : 'a number';
      problems.push(`--${name} ${JSON.stringify(written)} is not ${kind} from ${low} to ${high}`);
    }
    return value;
  };
  const demo = values['demo'] === true;
  const options: UpOptions = {
    demo,
    exit: values['exit'] === true,
    builds: values['builds'] === true ? positionals : undefined,
    layout: values['layout'] === 'tree' ? 'tree' : undefined,
    directory: String(values['directory'] ?? '.headgate/cloud'),
    // A cloud that is kept keeps its address; a demo must not collide with it.
    port: number('port', PORT, demo ? 0 : 4580),
    edgePort: number('edge-port', PORT, demo ? 0 : 4581),
    speed: number('speed', { low: 1, high: 1000 }, demo ? 200 : 1),
    propagationSeconds: number('propagation', { low: 0, high: 600 }, 5),
    edgeRegion: String(values['edge-region'] ?? 'us-east-1'),
  };
  problems.push(...findMisuse(options, { positionals, values }));
  if (problems.length > 0) throw new UsageError(`${problems.join('; ')}.`, EXAMPLE);
  return options;
}

interface Limits {
  readonly low: number;
  readonly high: number;
  readonly whole?: boolean;
}

const PORT: Limits = { low: 0, high: 65_535, whole: true };

function findMisuse(
  { demo, exit, builds, edgeRegion }: UpOptions,
  { positionals, values }: Arguments,
) {
  return [
    ...(/^[a-z]{2}(-[a-z]+)+-\d$/.test(edgeRegion)
      ? []
      : [`--edge-region ${JSON.stringify(edgeRegion)} is no region like eu-west-1`]),
    ...(exit && !demo ? ['--exit belongs to --demo'] : []),
    ...(builds && !demo ? ['--builds belongs to --demo'] : []),
    ...checkLayout(values['layout'], demo),
    ...(demo && values['directory'] !== undefined
      ? ['--demo starts with an empty cloud of its own and takes no --directory']
      : []),
    ...(builds && builds.length !== 3
      ? [`--builds takes three directories, got ${builds.length}`]
      : []),
    ...(!builds && positionals.length > 0 ? [`unexpected ${JSON.stringify(positionals[0])}`] : []),
  ];
}

function checkLayout(layout: Arguments['values'][string], demo: boolean): readonly string[] {
  if (layout === undefined) return [];
  if (!demo) return ['--layout belongs to --demo'];
  const known = layout === 'pool' || layout === 'tree';
  return known ? [] : [`--layout ${JSON.stringify(layout)} is not pool or tree`];
}

/** Rules for how a release proceeds, and when it may not. */
import { perEnvironment, type Breach } from './breach.ts';
import { parseBasisPoints } from './values.ts';
import type { EnvironmentEntry, Rule } from './written.ts';

export const RELEASE_RULES: readonly Rule[] = [
  perEnvironment(weightsGrow),
  perEnvironment(strategiesHaveNoSteps),
  perEnvironment(requiredEnvironmentsExist),
  perEnvironment(requirementsEnd),
  perEnvironment(freezesAreOneKind),
  perEnvironment(freezesEnd),
  perEnvironment(zonesExist),
];

const REQUIRES = 'requires: [{ environment: staging, baked: 1h }]';
const ONCE = 'freeze: [{ from: 2026-12-20T00:00Z, to: 2027-01-03T00:00Z, reason: holidays }]';
const WEEKLY = 'freeze: [{ weekly: Fri 16:00 - Mon 08:00, zone: Europe/Berlin, reason: weekend }]';

function weightsGrow({ written: { release } }: EnvironmentEntry): readonly Breach[] {
  return release.steps.flatMap(({ weight }, index) => {
    const before = release.steps[index - 1]?.weight;
    if (before === undefined || parseBasisPoints(weight) > parseBasisPoints(before)) return [];
    const message = `weight: ${weight} is not more than the ${before} of the step before`;
    const example = 'steps: [{ weight: 5%, hold: 10m }, { weight: 25%, hold: 10m }]';
    return [{ at: ['release', 'steps', index, 'weight'], message, example }];
  });
}

function strategiesHaveNoSteps({ written: { release } }: EnvironmentEntry): readonly Breach[] {
  const { strategy, steps } = release;
  if (strategy === undefined || steps.length === 0) return [];
  const message = `strategy: ${strategy} has steps of its own; write steps or strategy, not both`;
  return [{ at: ['release', 'strategy'], message, example: `strategy: ${strategy}` }];
}

function requiredEnvironmentsExist({
  app,
  written: { release },
}: EnvironmentEntry): readonly Breach[] {
  const known = Object.keys(app.environments);
  return release.requires.flatMap(({ environment }, index) => {
    if (known.includes(environment)) return [];
    const message = `requires[${index}]: ${app.app} has no environment "${environment}"; there is ${known.join(', ')}`;
    const at = ['release', 'requires', index, 'environment'];
    return [{ at, message, example: REQUIRES }];
  });
}

/** Two that wait for each other never release anything. */
function requirementsEnd(entry: EnvironmentEntry): readonly Breach[] {
  const { name, written } = entry;
  if (!listRequired(entry).has(name) || written.release.requires.length === 0) return [];
  const message = `requires: ${name} waits for itself`;
  return [{ at: ['release', 'requires'], message, example: REQUIRES }];
}

/** The app's environments that a release here waits for, also those that these wait for. */
export function listRequired({
  app,
  name,
}: Pick<EnvironmentEntry, 'app' | 'name'>): ReadonlySet<string> {
  const required = (one: string) =>
    (app.environments[one]?.release.requires ?? []).map(({ environment }) => environment);
  const reached = new Set(required(name));
  // A set takes in what is added to it while it is walked through.
  for (const one of reached) for (const next of required(one)) reached.add(next);
  return reached;
}

const count = (...fields: unknown[]) => fields.filter((field) => field !== undefined).length;

function freezesAreOneKind({ written: { freeze } }: EnvironmentEntry): readonly Breach[] {
  return freeze.flatMap(({ from, to, weekly, zone }, index) => {
    const once = count(from, to);
    const recurring = count(weekly, zone);
    if ((once === 2 && recurring === 0) || (once === 0 && recurring === 2)) return [];
    const message = `freeze[${index}]: a window has from and to, or weekly and zone`;
    return [{ at: ['freeze', index], message, example: recurring > 0 ? WEEKLY : ONCE }];
  });
}

/** Of a day that its month hasn't got, `Date.parse` makes another day or nothing. */
function freezesEnd({ written: { freeze } }: EnvironmentEntry): readonly Breach[] {
  return freeze.flatMap(({ from, to, weekly }, index): readonly Breach[] => {
    const at = ['freeze', index];
    if (weekly !== undefined) {
      const [opens, ends] = weekly.split(' - ');
      if (opens !== ends) return [];
      return [{ at, message: `weekly: "${weekly}" never ends`, example: WEEKLY }];
    }
    if (from === undefined || to === undefined) return [];
    const wrong = [from, to].find((time) => !isOfCalendar(time));
    if (wrong !== undefined) {
      return [{ at, message: `freeze[${index}]: there is no ${wrong}`, example: ONCE }];
    }
    if (Date.parse(from) < Date.parse(to)) return [];
    return [{ at, message: `freeze[${index}]: it ends before it opens`, example: ONCE }];
  });
}

/** 2026-02-30 would be taken for the 2nd of March. */
function isOfCalendar(time: string): boolean {
  const day = time.slice(0, '2026-02-30'.length);
  const parsed = new Date(`${day}T00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day);
}

function zonesExist({ written: { freeze } }: EnvironmentEntry): readonly Breach[] {
  return freeze.flatMap(({ zone }, index) => {
    if (zone === undefined || isZone(zone)) return [];
    const message = `zone: there is no time zone "${zone}"`;
    return [{ at: ['freeze', index, 'zone'], message, example: 'zone: Europe/Berlin' }];
  });
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    // A RangeError is how Intl says no.
    return false;
  }
}

/** Rules for what decides about single visitors: cohorts, split, sessions. */
import { perEnvironment, type Breach } from './breach.ts';
import { GATE_RULES } from './gate-rules.ts';
import { parseBasisPoints } from './values.ts';
import type { EnvironmentEntry, Rule } from './written.ts';

const SPLIT_EXAMPLE = 'split: [{ build: 1044-redesign, weight: 10% }]';

export const VISITOR_RULES: readonly Rule[] = [
  cohortsHaveConditions,
  splitsLeaveSome,
  splitsNameBuildsOnce,
  onlySessionsIdle,
  ...GATE_RULES,
].map(perEnvironment);

/** A cohort of everyone would be a release without a guard. */
function cohortsHaveConditions({ written }: EnvironmentEntry): readonly Breach[] {
  return written.cohorts.flatMap(({ name, cookie, header, country, ip }, index) => {
    if (cookie ?? header ?? country ?? ip) return [];
    const message = `cohorts[${index}]: "${name}" has no condition; give it one of cookie, header, country, ip`;
    const example = `cohorts: [{ name: ${name}, build: "1043", cookie: ${name} }]`;
    return [{ at: ['cohorts', index], message, example }];
  });
}

function splitsLeaveSome({ written: { split } }: EnvironmentEntry): readonly Breach[] {
  const together = split.reduce((sum, { weight }) => sum + parseBasisPoints(weight), 0);
  if (together < 10_000) return [];
  const message = `split: the weights are ${together / 100}% together; under 100%, so that releases reach someone`;
  return [{ at: ['split'], message, example: SPLIT_EXAMPLE }];
}

function splitsNameBuildsOnce({ written: { split } }: EnvironmentEntry): readonly Breach[] {
  return split.flatMap(({ build }, index) => {
    const first = split.findIndex((arm) => arm.build === build);
    if (first === index) return [];
    const message = `split[${index}]: build "${build}" is the arm split[${first}] already; give one arm both weights`;
    return [{ at: ['split', index, 'build'], message, example: SPLIT_EXAMPLE }];
  });
}

function onlySessionsIdle({ written: { release } }: EnvironmentEntry): readonly Breach[] {
  if (release.sticky === 'session' || release.sessionIdle === undefined) return [];
  const message = `sessionIdle: ${release.sessionIdle} means nothing with sticky: ${release.sticky}`;
  return [{ at: ['release', 'sessionIdle'], message, example: 'sticky: session' }];
}

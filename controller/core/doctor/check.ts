import { checkAccess } from './access.ts';
import { checkAlarms } from './alarms.ts';
import { checkAnswers } from './answers.ts';
import { checkApis } from './apis.ts';
import { checkBuckets } from './bucket.ts';
import { checkCaches } from './caching.ts';
import { ENTRIES, type Severity, type Theme } from './catalogue.ts';
import { checkCertificates } from './certificates.ts';
import { checkCredentials } from './credentials.ts';
import { checkDelivery } from './delivery.ts';
import { checkDistributions } from './distribution.ts';
import type { DoctorFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { checkFronts } from './front.ts';
import { checkLogs } from './logs.ts';
import { checkOrigins } from './origins.ts';
import { checkOverwrites } from './overwrites.ts';
import { checkParameters } from './parameters.ts';
import { checkQuotas } from './quotas.ts';
import { checkReleases } from './release.ts';
import { checkTrusts } from './trust.ts';

const CHECKS: readonly ((facts: DoctorFacts) => readonly Finding[])[] = [
  checkCredentials,
  checkTrusts,
  checkBuckets,
  checkAccess,
  checkOverwrites,
  checkDistributions,
  checkOrigins,
  checkFronts,
  checkCertificates,
  checkAnswers,
  checkApis,
  checkCaches,
  checkReleases,
  checkParameters,
  checkAlarms,
  checkDelivery,
  checkLogs,
  checkQuotas,
];

const GRAVITY: readonly Severity[] = ['unsafe', 'warning', 'note'];

/** All that is wrong, each thing once, the gravest of a theme first. */
export function check(facts: DoctorFacts): readonly Finding[] {
  const all = CHECKS.flatMap((one) => one(facts));
  const unique = new Map(all.map((one) => [`${one.id} ${one.subject} ${one.what}`, one]));
  return [...unique.values()].toSorted(
    (one, other) =>
      themes.indexOf(themeOf(one)) - themes.indexOf(themeOf(other)) ||
      GRAVITY.indexOf(one.severity) - GRAVITY.indexOf(other.severity),
  );
}

const themes = [...new Set([...ENTRIES.values()].map(({ theme }) => theme))];

export function themeOf({ id }: Finding): Theme {
  return ENTRIES.get(id)?.theme ?? 'release';
}

/** Whether somebody should not release before it is mended. */
export function isUnsafe(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'unsafe');
}

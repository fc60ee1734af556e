import { expect, it } from 'vitest';
import { isKnownSubject } from '../../../../controller/core/doctor/web-identity.ts';
import type { Policies } from '../../../../controller/core/policy/policy.ts';

const knows = (releases: string, subject: string) =>
  isKnownSubject(subject, { setup: { github: { releases, apps: {} } } } as unknown as Policies);

it.each([
  ['acme/releases', 'repo:acme/releases:ref:refs/heads/main', true],
  ['acme/releases', 'repo:acme/releases-2:ref:refs/heads/main', false],
  // With the ids that GitHub may write, on one side or on both.
  ['acme/releases', 'repo:acme@12/releases@34:ref:refs/heads/main', true],
  ['acme@12/releases@34', 'repo:acme/releases:ref:refs/heads/main', true],
  ['acme@12/releases@34', 'repo:acme@12/releases@34:ref:refs/heads/main', true],
  ['acme@12/releases@34', 'repo:acme@12/releases@99:ref:refs/heads/main', false],
])('of %s %s is known: %s', (repository, subject, isKnown) => {
  expect(knows(repository, subject)).toBe(isKnown);
});

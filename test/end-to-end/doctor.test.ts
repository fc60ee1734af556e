import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENTRIES, type FindingId } from '../../controller/core/doctor/catalogue.ts';
import { full } from '../depth.ts';
import { BUCKET_FAULTS } from './doctor/bucket-faults.ts';
import { CACHING_FAULTS } from './doctor/caching-faults.ts';
import { DISTRIBUTION_FAULTS } from './doctor/distribution-faults.ts';
import type { Fault } from './doctor/fault.ts';
import { FRONT_FAULTS } from './doctor/front-faults.ts';
import { askAs, IDENTITY_FAULTS } from './doctor/identity-faults.ts';
import { LANE_FAULTS } from './doctor/lane-faults.ts';
import { MANY_KINDS } from './doctor/many-kinds.ts';
import { examineNew, openPatient, type Patient } from './doctor/patient.ts';
import { RELEASE_FAULTS } from './doctor/release-faults.ts';

const FAULTS = [
  ...IDENTITY_FAULTS,
  ...BUCKET_FAULTS,
  ...DISTRIBUTION_FAULTS,
  ...FRONT_FAULTS,
  ...CACHING_FAULTS,
  ...RELEASE_FAULTS,
  ...LANE_FAULTS,
];

/** Faults that leave room for each other. */
const AT_ONCE: readonly FindingId[] = [
  'role-lacks-audience',
  'public-access-open',
  'list-missing',
  'lifecycle-expires',
  'errors-cached',
  'cookies-in-key',
  'functions-missing',
  'function-differs',
  'parameter-type',
  'rollback-not-ready',
  'lane-throttled',
  'rule-disabled',
];

let patient: Patient | undefined;
beforeAll(async () => {
  patient = await openPatient();
});
afterAll(() => patient?.close());

describe('headgate doctor', () => {
  it('finds nothing in an account as bootstrap makes it, with a release', async () => {
    const { code, findings, notes } = await patient!.examine({ args: ['--test-event'] });
    expect(findings).toEqual([]);
    expect(notes).toMatch(/alarm shop-prod-errors: its test event reached .* was seen after/);
    expect(code).toBe(0);
  });

  it('asks about the roles that release together, and one of them need be allowed', async () => {
    const role = (name: string) => ['--role', `arn:aws:iam::000000000000:role/headgate-${name}`];
    const { findings } = await patient!.examine({
      args: [...role('release'), ...role('edge-deploy')],
    });
    expect(findings).toEqual([]);
  });

  it('finds many things at once, in one environment', async () => {
    const faults = AT_ONCE.flatMap((id) => FAULTS.find((one) => one.id === id && one.plant) ?? []);
    const undo: (() => Promise<unknown>)[] = [];
    try {
      for (const { plant } of faults) undo.push(await plant!(patient!));
      const { code, findings } = await patient!.examine({ args: ['shop/prod'] });
      const found = new Set(findings.map(({ id }) => id));
      expect(AT_ONCE.filter((id) => !found.has(id))).toEqual([]);
      expect(code).toBe(3);
    } finally {
      for (const one of undo.toReversed()) await one();
    }
  });

  describe.runIf(full)('one by one', () => {
    it('finds nothing in a new account of many kinds, but that nothing is published', async () => {
      const findings = await examineNew(MANY_KINDS);
      expect(findings.filter(({ id }) => id !== 'policy-unmet')).toEqual([]);
    });

    it('asks as its own role, which only reads, about the roles that release', async () => {
      const { findings } = await patient!.examine(await askAs('headgate-doctor', patient!));
      expect(findings.filter(({ id }) => id === 'permission-missing')).toEqual([]);
    });

    it.each(FAULTS)('finds $id, and nothing else', async (fault) => {
      const undo = await fault.plant?.(patient!);
      try {
        await expectFound(fault);
      } finally {
        await undo?.();
      }
    });
  });

  it('finds nothing once all is undone', async () => {
    const { findings } = await patient!.examine();
    expect(findings.filter(({ id }) => id !== 'distribution-in-progress')).toEqual([]);
  });
});

async function expectFound({ id, brings = [], says, asked }: Fault): Promise<void> {
  const what = typeof asked === 'function' ? await asked(patient!) : asked;
  const { code, findings } = await patient!.examine(what);
  const own = findings.filter((one) => one.id === id);
  expect(findings.map((one) => one.id)).toContain(id);
  if (says) expect(own.map((one) => one.what).join('\n')).toMatch(says);
  for (const { fix } of own) expect(fix).not.toBe('');
  // A change of a distribution takes its time.
  const expected = [id, ...brings, 'distribution-in-progress'];
  const others = findings.filter((one) => !expected.includes(one.id));
  expect(others).toEqual([]);
  const isUnsafe = findings.some(({ severity }) => severity === 'unsafe');
  expect(ENTRIES.get(id)).toBeDefined();
  expect(code).toBe(isUnsafe ? 3 : 0);
}

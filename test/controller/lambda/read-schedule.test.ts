import { expect, it } from 'vitest';
import type { PolicyCopy } from '../../../controller/core/policy/policy-copy.ts';
import { readSchedule } from '../../../controller/lambda/read-schedule.ts';
import type { Context } from '../../../controller/ports/context.ts';

const TOGETHER = [
  ['app-1/prod', 'app-3/prod'],
  ['app-3/eu', 'app-4/prod'],
];

it('finds families, also by a third app between two, and parses each policy once', async () => {
  const apps = ['app-1', 'app-2', 'app-3', 'app-4'];
  let parsed = 0;
  const place = { bucket: 'builds', region: 'us-east-1' };
  const prod = { runtime: 'cloudfront-functions', keyValueStore: 'headgate-prod', ...place };
  const edge = { apiVersion: 'headgate/v1', groups: { prod }, together: TOGETHER };
  const file = { file: 'edge.yaml', text: JSON.stringify(edge) };
  const copyOf = (app: string): PolicyCopy => ({
    version: 1,
    app,
    at: '2026-03-01T00:00:00Z',
    by: 'tester',
    get files() {
      parsed += 1;
      return [file];
    },
  });
  const copies = { read: async (app: string) => ({ copy: copyOf(app), revision: '1' }) };
  const context = { policyCopies: () => copies } as unknown as Context;
  const { families } = await readSchedule(context, { ...place, apps });
  const names = families.map((family) => family.map(({ copy }) => copy.app).toSorted());
  expect(names).toEqual([['app-2'], ['app-1', 'app-3', 'app-4']]);
  expect(parsed).toBe(apps.length);
});

import { expect, it } from 'vitest';
import type { EnvironmentLook } from '../../../../controller/core/doctor/facts.ts';
import { UnansweredError } from '../../../../controller/core/errors.ts';
import type { Distribution } from '../../../../controller/core/plan/behaviours.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { readCertificates } from '../../../../controller/read/doctor/certificates.ts';
import { appPolicy, DISTRIBUTION, environmentPolicy, GROUP } from '../../../fakes/world.ts';

const HOSTS = ['shop.example.com', 'www.example.org'];
const environment = environmentPolicy('1', { hosts: HOSTS });
const subject = { app: appPolicy(environment), environment, group: GROUP };
const SEEN = { names: [], begins: new Date(0), expires: new Date(1) };

async function read(more: Partial<Distribution>) {
  const asked: string[] = [];
  const inspection = {
    certificate: async (domain: string, host: string) => {
      asked.push(`${domain} ${host}`);
      if (host === 'www.example.org') throw new UnansweredError('no answer', 'try elsewhere');
      return SEEN;
    },
  };
  const distribution = { ...DISTRIBUTION, domain: 'd1.cloudfront.net', aliases: HOSTS, ...more };
  const look = { subject, planned: [{ facts: { distribution } }] } as unknown as EnvironmentLook;
  const looks = await readCertificates({ inspection } as unknown as Context, [look]);
  return { asked, looks };
}

it("shakes hands at the distribution's own name, and says where nobody answered", async () => {
  const { asked, looks } = await read({});
  expect(asked).toEqual(HOSTS.map((host) => `d1.cloudfront.net ${host}`));
  expect(looks.map(({ seen, failure }) => [seen, failure?.next])).toEqual([
    [[SEEN], undefined],
    [[], 'try elsewhere'],
  ]);
});

it('asks only for hosts that the distribution answers for', async () => {
  expect((await read({ aliases: ['*.example.com'] })).asked).toHaveLength(1);
  expect((await read({ domain: 'd1.localhost' })).looks).toEqual([]);
});

it('waits for a change that is on its way, whose certificate some locations lack', async () => {
  const { asked, looks } = await read({ status: 'InProgress' });
  expect(asked).toEqual([]);
  expect(looks.map(({ failure }) => failure?.message)).toEqual(
    HOSTS.map(() => 'a change of the distribution is on its way'),
  );
});

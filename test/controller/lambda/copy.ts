import { stringify } from 'yaml';
import {
  POLICY_COPY_VERSION,
  type PolicyCopy,
} from '../../../controller/core/policy/policy-copy.ts';
import type { PolicyCopies } from '../../../controller/ports/policy-copies.ts';
import { GROUP, HOST } from '../../fakes/world.ts';

const place = { bucket: 'builds', region: 'us-east-1' };
const COMMIT = 'f'.repeat(40);

/** What the bucket has of the world's policy, with that build; undefined: nothing. */
export function copyOf(build: string | undefined, environment: object = {}): PolicyCopies {
  const stored =
    build === undefined ? undefined : { copy: writeCopy(build, environment), revision: build };
  return {
    read: () => Promise.resolve(stored),
    write: () => Promise.reject(new Error('only reconcile writes it')),
  };
}

export function writeCopy(build: string, changes: object = {}): PolicyCopy {
  const { name, keyValueStore } = GROUP;
  const edge = {
    apiVersion: 'headgate/v1',
    groups: { [name]: { runtime: 'cloudfront-functions', keyValueStore, ...place } },
  };
  const prod = {
    hosts: [HOST],
    edge: { group: name, distribution: 'E1EXAMPLE' },
    release: {
      build,
      steps: [
        { weight: '5%', hold: '1m' },
        { weight: '25%', hold: '1m' },
      ],
      bake: '2m',
    },
    guard: { alarms: [{ name: 'shop-prod-errors', region: 'us-east-1' }] },
    ...changes,
  };
  const shop = { apiVersion: 'headgate/v1', app: 'shop', ...place, environments: { prod } };
  return {
    version: POLICY_COPY_VERSION,
    app: 'shop',
    files: [
      { file: 'edge.yaml', text: stringify(edge) },
      { file: 'shop.yaml', text: stringify(shop) },
    ],
    commit: COMMIT,
    at: '2026-03-31T00:00:00Z',
    by: 'tester',
  };
}

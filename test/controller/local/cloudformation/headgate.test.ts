import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InfrastructureFacts } from '../../../../controller/core/infrastructure/facts.ts';
import { renderStacks } from '../../../../controller/core/infrastructure/stacks.ts';
import * as fixtures from '../../core/infrastructure/fixtures.ts';
import { full } from '../../../depth.ts';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { StackClient } from './stack-client.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud({ speed: 500 });
});
afterAll(() => cloud.close());

// Every kind of policy, in one account after the other: what one left would be in the next one's way.
it.runIf(full).each<[string, () => InfrastructureFacts]>([
  ['the demo', () => fixtures.readDemo()],
  ['previews of pull requests', fixtures.readPreviews],
  ['Lambda@Edge with sessions', () => ({ ...fixtures.readLambda(), live: {} })],
  ['origins and APIs', fixtures.readOrigins],
  ['two regions', fixtures.readTwoRegions],
])('the stacks of %s are made, found unchanged, and go', { timeout: 300_000 }, async (_, read) => {
  const outputs: { ParameterKey: string; ParameterValue: string }[] = [];
  const made: { readonly client: StackClient; readonly id: string }[] = [];
  for (const { name, region, template } of renderStacks(read())) {
    const client = new StackClient(cloud.config(region));
    const more = {
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM' as const],
      Parameters: outputs.filter((one) => template.Parameters?.[one.ParameterKey] !== undefined),
      ImportExistingResources: true,
    };
    const stack = await client.deploy(name, {}, more);
    expect(await client.failures(name)).toEqual([]);
    expect((await client.prepare(name, {}, more)).StatusReason).toMatch(/didn't contain changes/);
    for (const { OutputKey = '', OutputValue = '' } of stack.Outputs ?? []) {
      outputs.push({ ParameterKey: OutputKey, ParameterValue: OutputValue });
    }
    made.push({ client, id: String(stack.StackId) });
  }
  for (const { client, id } of made.toReversed()) {
    const gone = await client.delete(id);
    expect(await client.failures(id)).toEqual([]);
    expect(gone.StackStatus).toBe('DELETE_COMPLETE');
    client.sdk.destroy();
  }
});

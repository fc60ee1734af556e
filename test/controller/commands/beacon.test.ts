import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createEdgeBundler } from '../../../controller/adapters/edge/bundler.ts';
import { beacon } from '../../../controller/commands/beacon.ts';
import { EXIT } from '../../../controller/core/errors.ts';
import type { Context } from '../../../controller/ports/context.ts';

async function run(values: Readonly<Record<string, boolean>>) {
  const printed: string[] = [];
  const notes: string[] = [];
  const terminal = {
    print: (text: string) => void printed.push(text),
    note: (text: string) => void notes.push(text),
  };
  const context = { terminal, bundler: createEdgeBundler() } as unknown as Context;
  const exitCode = await beacon.run({ positionals: [], values }, context);
  expect(exitCode).toBe(EXIT.done);
  return { printed: printed.join('\n'), notes: notes.join('\n') };
}

it('prints the script as HTML, with the hash that a policy of the page needs', async () => {
  const { printed, notes } = await run({});
  const [, script = ''] = /^<script>(.*)<\/script>$/.exec(printed) ?? [];
  expect(script).toContain('/_headgate/errors?k=');
  const hash = createHash('sha256').update(script).digest('base64');
  expect(notes).toContain(`'sha256-${hash}'`);
});

it('prints the one for open tabs, also as JSON', async () => {
  const { printed } = await run({ 'open-tab': true });
  expect(printed).toContain('headgate:tab');
  const { name, script, hash } = JSON.parse((await run({ 'open-tab': true, json: true })).printed);
  expect({ name, printed: `<script>${script}</script>` }).toEqual({ name: 'open-tab', printed });
  expect(hash).toMatch(/^'sha256-.{44}'$/);
});

import { it } from 'vitest';
import { createSetting, A, B } from './setting.ts';
import { composePolicy, writePolicy } from './policy.ts';
import { execSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
it('x', async () => {
  const s = await createSetting();
  const policy = composePolicy(s.distributions, { prod: {build: A} });
  await s.run(['reconcile'], { policy });
  await writePolicy('/tmp/prof', policy);
  writeFileSync('/tmp/prof/env', Object.entries(s.cloud.environment).map(([k,v]) => `export ${k}=${v}\n`).join(''));
  await new Promise(r => setTimeout(r, 90000));
  await s.close();
}, 100000);

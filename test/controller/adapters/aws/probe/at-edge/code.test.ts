import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  composeMarker,
  composeRequestCode,
  PRINTING_CODE,
  RESPONSE_CODE,
} from '../../../../../../controller/adapters/aws/probe/at-edge/code.ts';
import { missing } from '../../../../../depth.ts';
import { hasNjs } from '../../../../../vectors/engines.ts';

const hasEngine = hasNjs() || !missing('njs', 'apt-get install njs');

/** CloudFront refuses what its engine can't read, and then a probe of an hour ends in its first minutes. */
it.skipIf(!hasEngine)('functions are such as the engine of CloudFront reads', () => {
  const server = { domain: 's3.us-east-1.amazonaws.com', port: 443, protocol: 'https' };
  const codes = [composeRequestCode(server), RESPONSE_CODE, composeMarker('first'), PRINTING_CODE];
  const folder = mkdtempSync(join(tmpdir(), 'headgate-njs-'));
  try {
    writeFileSync(join(folder, 'cloudfront'), 'export default {};');
    for (const code of codes) {
      writeFileSync(join(folder, 'function.js'), `${code}\nconsole.log(typeof handler);`);
      const said = execFileSync('njs', ['function.js'], { cwd: folder, encoding: 'utf8' });
      expect(said.trim(), code).toBe('function');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { $ } from 'zx';
import { full } from '../depth.ts';
import { BUCKET } from './policy.ts';
import { createEmptySetting, type Setting } from './setting.ts';
import { createBucket } from './site.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The scripts of policies/first-build.md, by the very lines that are there. */
describe.runIf(full)('a CI that is not GitHub', () => {
  let setting: Setting;
  let sts: { server: Server; url: string; asked: URLSearchParams[] };
  let page: string;
  let directory: string;

  beforeAll(async () => {
    page = await readFile(join(ROOT, 'policies/first-build.md'), 'utf8');
    setting = await createEmptySetting();
    await createBucket(setting);
    sts = await startSts();
    directory = await mkdtemp(join(tmpdir(), 'headgate-other-ci-'));
    await mkdir(join(directory, 'shop/dist'), { recursive: true });
    await writeFile(join(directory, 'shop/dist/index.html'), '<h1>Shop</h1>');
    // Cloning and installing are tried apart: they ask GitHub and the registry.
    await symlink(ROOT, join(directory, 'headgate'));
  });
  afterAll(async () => {
    sts.server.close();
    await setting.close();
    await rm(directory, { recursive: true });
  });

  async function run(lines: readonly string[], env: Readonly<Record<string, string>>) {
    const rest = lines.filter((line) => !/^(git|npm) /.test(line));
    expect(lines.length - rest.length, 'clone, checkout, install').toBe(3);
    const $$ = $({
      cwd: join(directory, 'shop'),
      nothrow: true,
      quiet: true,
      env: { PATH: process.env['PATH'], HOME: directory, ...env },
    });
    const script = `set -eu\n${rest.join('\n')}`;
    return $$`bash -c ${script}`;
  }

  it('publishes from GitLab, with a role for its ID token', async () => {
    const yaml = [...page.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, text = '']) => text);
    const { publish } = parse(yaml.find((text) => text.includes('id_tokens')) ?? '') as {
      publish: { script: string[]; variables: Record<string, string> };
    };
    const { AWS_ENDPOINT_URL = '' } = setting.cloud.environment;
    const result = await run(publish.script, {
      ...publish.variables,
      AWS_WEB_IDENTITY_TOKEN_FILE: join(directory, 'aws-token'),
      AWS_TOKEN: 'the.job.token',
      AWS_ENDPOINT_URL,
      AWS_ENDPOINT_URL_STS: sts.url,
      CI_PIPELINE_IID: '41',
    });
    expect(result.stdout, result.stderr).toContain('Build 41 of shop is published.');
    expect(sts.asked.map((form) => [form.get('Action'), form.get('WebIdentityToken')])).toEqual([
      ['AssumeRoleWithWebIdentity', 'the.job.token'],
    ]);
  });

  it('publishes from TeamCity, with the credentials of its agent', async () => {
    const script = /^```sh\n([^]*?)^```/m.exec(page)?.[1] ?? '';
    const filled = script.replace('%build.number%', '42').trim().split('\n');
    const result = await run(filled, setting.cloud.environment);
    expect(result.stdout, result.stderr).toContain('Build 42 of shop is published.');
    const place = ['--bucket', BUCKET, '--app', 'shop'];
    expect((await setting.run(['build', 'list', ...place])).stdout.trim()).toBe('41\n42');
  });
});

/** Exchanges any token for credentials, as STS does. */
async function startSts() {
  const asked: URLSearchParams[] = [];
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      asked.push(new URLSearchParams(body));
      response.setHeader('content-type', 'text/xml').end(
        `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
         <Credentials><AccessKeyId>local</AccessKeyId><SecretAccessKey>local</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expires}</Expiration></Credentials>
         </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

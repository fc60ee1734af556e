import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEdgeBundler } from '../../../../controller/adapters/edge/bundler.ts';
import { validate } from '../../../../controller/commands/validate.ts';
import type { PolicyText } from '../../../../controller/core/policy/source.ts';
import type { Context } from '../../../../controller/ports/context.ts';

const FIXTURES = new URL('../../../fixtures/policies/', import.meta.url);
const EXAMPLES = new URL('../../../../policies/', import.meta.url);

/** `policies/<name>` of the repository. */
export function pathOfExample(name: string): string {
  return fileURLToPath(new URL(name, EXAMPLES));
}

export function readExample(name: string): PolicyText {
  return { file: `policies/${name}`, text: readFileSync(pathOfExample(name), 'utf8') };
}

export const GOLDEN_ISSUES = fileURLToPath(new URL('issues.txt', FIXTURES));

/** Names of the wrong policies, one failure each. */
export const FIXTURE_NAMES = readdirSync(FIXTURES).filter((name) => name.endsWith('.yaml'));

/** The example policies with one wrong file: `edge-*` and `setup-*` in the place of edge.yaml, others beside shop.yaml. */
export function readWithFixture(name: string): readonly PolicyText[] {
  const text = readFileSync(new URL(name, FIXTURES), 'utf8');
  return /^(edge|setup)-/.test(name)
    ? [{ file: 'policies/edge.yaml', text }, readExample('shop.yaml')]
    : [readExample('edge.yaml'), readExample('shop.yaml'), { file: `policies/${name}`, text }];
}

/** Runs `headgate validate` where only these files exist; `options` as on the command line. */
export async function runValidate(
  files: readonly PolicyText[],
  options: Readonly<Record<string, string | boolean>> = {},
): Promise<{ exitCode: number; printed: string }> {
  const printed: string[] = [];
  const context = {
    bundler: createEdgeBundler(),
    terminal: { print: (text: string) => printed.push(text) },
    files: {
      list: (directory: string) => {
        const inside = files.filter(({ file }) => file.startsWith(`${directory}/`));
        const names = inside.map(({ file }) => file.slice(directory.length + 1)).toSorted();
        return Promise.resolve(names.length > 0 ? names : undefined);
      },
      readText: (path: string) => Promise.resolve(files.find(({ file }) => file === path)?.text),
    },
  } as unknown as Context;
  const values = { policies: 'policies', json: false, annotations: false, ...options };
  const exitCode = await validate.run({ positionals: [], values }, context);
  return { exitCode, printed: printed.join('\n') };
}

/** A small right policy as text, to be changed by a test. */
export function writeApp(change: Readonly<Record<string, string>> = {}): string {
  const { app, host, distribution, group, release, top, environment } = {
    app: 'cart',
    host: 'cart.example.com',
    distribution: 'E3CARTPRODUCT',
    group: 'prod',
    release: 'build: "1043"',
    top: '',
    environment: '',
    ...change,
  };
  return `apiVersion: headgate/v1
app: ${app}
bucket: acme-web-builds
region: us-east-1
${top}
environments:
  prod:
    hosts: [${host}]
    edge: { group: ${group}, distribution: ${distribution} }
    release: { ${release} }
    ${environment}
`;
}

/** An edge file with the group `prod`. */
export function writeEdge(): string {
  return `apiVersion: headgate/v1
groups:
  prod:
    runtime: cloudfront-functions
    keyValueStore: headgate-prod
    bucket: acme-web-builds
    region: us-east-1
`;
}

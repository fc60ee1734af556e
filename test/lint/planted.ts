/** [path, text, the rule that must report it] */
type Violation = readonly [path: string, text: string, rule: string];
type Allowed = readonly [path: string, text: string];

const IMPORTS = 'eslint(no-restricted-imports)';
const GLOBALS = 'eslint(no-restricted-globals)';
const PROPERTIES = 'eslint(no-restricted-properties)';

function importing(specifier: string): string {
  return `export * from '${specifier}';\n`;
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, line) => `  n += ${line};`).join('\n');
}

const IMPORT_LAW: readonly Violation[] = [
  ['edge/contract/to-core.ts', importing('../core/decide.ts'), IMPORTS],
  ['edge/core/to-node.ts', importing('node:crypto'), IMPORTS],
  ['edge/core/to-runtime.ts', importing('../cloudfront-function/handler.ts'), IMPORTS],
  ['edge/core/to-controller.ts', importing('../../controller/core/errors.ts'), IMPORTS],
  ['edge/cloudfront-function/to-sibling.ts', importing('../lambda-edge/handler.ts'), IMPORTS],
  ['edge/lambda-edge/to-controller.ts', importing('../../controller/core/errors.ts'), IMPORTS],
  ['controller/core/to-node.ts', importing('node:fs'), IMPORTS],
  ['controller/core/to-node-sub-path.ts', importing('node:fs/promises'), IMPORTS],
  ['controller/core/to-bare-node.ts', importing('fs'), IMPORTS],
  ['controller/core/to-sdk.ts', importing('@aws-sdk/client-s3'), IMPORTS],
  ['controller/core/plan/to-ports.ts', importing('../../ports/context.ts'), IMPORTS],
  ['controller/core/to-ports.ts', importing('../ports/context.ts'), IMPORTS],
  ['controller/core/plan/to-context.ts', importing('../../context.ts'), IMPORTS],
  ['controller/core/plan/to-edge-build.ts', importing('../../../edge/build.ts'), IMPORTS],
  [
    'controller/core/to-randomness.ts',
    "import { randomUUID } from 'node:crypto';\nexport const id = randomUUID;\n",
    IMPORTS,
  ],
  [
    'controller/core/to-streams.ts',
    "import { createGzip } from 'node:zlib';\nexport const pack = createGzip;\n",
    IMPORTS,
  ],
  ['controller/ports/to-commands.ts', importing('../commands/command.ts'), IMPORTS],
  ['controller/ports/to-sdk.ts', importing('@aws-sdk/client-s3'), IMPORTS],
  [
    'controller/ports/to-code.ts',
    "import { EXIT } from '../core/errors.ts';\nexport const done = EXIT.done;\n",
    IMPORTS,
  ],
  ['controller/commands/to-adapter.ts', importing('../adapters/aws/s3.ts'), IMPORTS],
  ['controller/commands/to-sdk.ts', importing('@aws-sdk/client-s3'), IMPORTS],
  ['controller/read/to-adapter.ts', importing('../adapters/aws/s3.ts'), IMPORTS],
  ['controller/apply/to-command.ts', importing('../commands/plan.ts'), IMPORTS],
  ['controller/show/to-command.ts', importing('../commands/plan.ts'), IMPORTS],
  ['controller/show/to-adapter.ts', importing('../adapters/github/client.ts'), IMPORTS],
  ['controller/core/plan/to-show.ts', importing('../../show/shown.ts'), IMPORTS],
  ['controller/commands/to-context.ts', importing('../context.ts'), IMPORTS],
  ['controller/commands/to-files.ts', importing('node:fs/promises'), IMPORTS],
  ['controller/commands/to-local.ts', importing('../local/cloud.ts'), IMPORTS],
  ['controller/adapters/aws/to-sibling.ts', importing('../github/comment.ts'), IMPORTS],
  ['controller/adapters/aws/s3/to-sibling.ts', importing('../../github/comment.ts'), IMPORTS],
  ['controller/adapters/aws/to-command.ts', importing('../../commands/plan.ts'), IMPORTS],
  ['controller/adapters/aws/to-local.ts', importing('../../local/cloud.ts'), IMPORTS],
  ['controller/adapters/aws/to-context.ts', importing('../../context.ts'), IMPORTS],
  ['controller/local/s3/to-adapter.ts', importing('../../adapters/aws/s3.ts'), IMPORTS],
  ['controller/local/to-context.ts', importing('../context.ts'), IMPORTS],
  ['controller/cli.ts', importing('./adapters/aws/s3.ts'), IMPORTS],
  ['controller/context.ts', importing('./local/cloud.ts'), IMPORTS],
  ['controller/core/plan/to-test.ts', importing('../../../test/depth.ts'), IMPORTS],
  [
    'controller/core/one.ts',
    "export { two } from './two.ts';\nexport const one = 1;\n",
    'import(no-cycle)',
  ],
  [
    'controller/core/two.ts',
    "export { one } from './one.ts';\nexport const two = 2;\n",
    'import(no-cycle)',
  ],
];

const PURITY: readonly Violation[] = [
  ['controller/core/clock.ts', 'export const at = Date.now();\n', PROPERTIES],
  ['controller/core/chance.ts', 'export const slot = Math.random();\n', PROPERTIES],
  ['edge/core/chance.ts', 'export const slot = Math.random();\n', PROPERTIES],
  ['controller/core/environment.ts', 'export const home = process.env;\n', GLOBALS],
  ['controller/core/network.ts', "export const page = fetch('/');\n", GLOBALS],
  ['controller/core/talk.ts', "console.log('hello');\n", GLOBALS],
  ['edge/core/wait.ts', 'setTimeout(() => undefined, 1);\n', GLOBALS],
  ['controller/commands/talk.ts', "console.log('hello');\n", 'eslint(no-console)'],
  ['controller/commands/quit.ts', 'process.exit(1);\n', PROPERTIES],
];

const CRAFT: readonly Violation[] = [
  ['controller/core/whole.ts', 'export default 1;\n', 'import(no-default-export)'],
  ['controller/core/loose.ts', 'export let x: any;\n', 'typescript(no-explicit-any)'],
  [
    'controller/core/sure.ts',
    'export const first = (list: string[]): string => list[0]!;\n',
    'typescript(no-non-null-assertion)',
  ],
  [
    'controller/commands/forgotten.ts',
    'export function run(): void {\n  Promise.resolve(1);\n}\n',
    'typescript(no-floating-promises)',
  ],
  [
    'controller/commands/misused.ts',
    'export const codes = [1].filter(async () => true);\n',
    'typescript(no-misused-promises)',
  ],
  [
    'controller/core/phase.ts',
    "export function name(phase: 'idle' | 'held'): string {\n  switch (phase) {\n    case 'idle':\n      return 'i';\n  }\n  return '';\n}\n",
    'typescript(switch-exhaustiveness-check)',
  ],
  ['controller/core/camelCase.ts', 'export const n = 1;\n', 'unicorn(filename-case)'],
  [
    'controller/core/long-function.ts',
    `export function sum(): number {\n  let n = 0;\n${lines(41)}\n  return n;\n}\n`,
    'eslint(max-lines-per-function)',
  ],
  ['controller/core/long-file.ts', `export let n = 0;\n${lines(250)}\n`, 'eslint(max-lines)'],
  [
    'controller/core/many.ts',
    'export const sum = (a: number, b: number, c: number, d: number): number => a + b + c + d;\n',
    'eslint(max-params)',
  ],
  [
    'controller/core/branches.ts',
    `export function pick(n: number): number {\n${Array.from({ length: 16 }, (_, i) => `  if (n === ${i}) return ${i + 1};`).join('\n')}\n  return 0;\n}\n`,
    'eslint(complexity)',
  ],
  [
    'controller/core/loose-equal.ts',
    'export const same = (a: number, b: number) => a == b;\n',
    'eslint(eqeqeq)',
  ],
  [
    'controller/commands/swallow.ts',
    'export function run(): void {\n  try {\n    JSON.parse("");\n  } catch {}\n}\n',
    'eslint(no-empty)',
  ],
  [
    'controller/core/hushed.ts',
    '// @ts-ignore\nexport const n: number = 1;\n',
    'typescript(ban-ts-comment)',
  ],
  [
    'controller/core/idle-directive.ts',
    '// oxlint-disable-next-line no-console -- nothing here logs\nexport const n = 1;\n',
    'unused-directive',
  ],
];

export const VIOLATIONS: readonly Violation[] = [...IMPORT_LAW, ...PURITY, ...CRAFT];

export const ALLOWED: readonly Allowed[] = [
  ['edge/core/allowed.ts', importing('../contract/route.ts') + importing('./rewrite.ts')],
  [
    'edge/cloudfront-function/allowed.ts',
    importing('../core/decide.ts') + importing('../contract/route.ts') + importing('cloudfront'),
  ],
  [
    'controller/core/plan/allowed.ts',
    [
      ...['./plan.ts', '../errors.ts', '../state/record.ts', 'zod', 'yaml'].map(importing),
      ...['../../../edge/contract/route.ts', '../../../edge/core/assign.ts'].map(importing),
      "import { createHash } from 'node:crypto';\n",
      'export const digest = (text: string): string =>\n',
      "  createHash('sha256').update(text).digest('hex');\n",
      'export const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();\n',
    ].join(''),
  ],
  [
    'controller/ports/allowed.ts',
    "import type { ExitCode } from '../core/errors.ts';\nexport interface Runner {\n  run(): ExitCode;\n}\n",
  ],
  [
    'controller/commands/allowed.ts',
    ['../core/errors.ts', '../ports/context.ts', './command.ts', 'node:util']
      .map(importing)
      .join(''),
  ],
  [
    'controller/adapters/aws/allowed.ts',
    [
      '../../core/errors.ts',
      '../../ports/context.ts',
      './clients.ts',
      '@aws-sdk/client-s3',
      'node:fs/promises',
    ]
      .map(importing)
      .join(''),
  ],
  ['controller/local/s3/allowed.ts', importing('../service.ts') + importing('node:http')],
  ['test/allowed.test.ts', importing('../controller/local/cloud.ts')],
  ['test/vitest.config.ts', 'export default {};\n'],
];

import { isUntrusted } from '../state/build.ts';

/** What a publish did. */
export interface PublishResult {
  readonly app: string;
  readonly build: string;
  readonly digest: string;
  /** The same build was published before: nothing was written. */
  readonly alreadyPublished: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly uploadedFiles: number;
  readonly uploadedBytes: number;
  /** Files of a complete tree that S3 made from objects it had. */
  readonly copiedFiles: number;
  /** Files another build had put into the pool. */
  readonly sharedFiles: number;
  /** Files left from an interrupted run of this same publish. */
  readonly resumedFiles: number;
  /** Source maps that no visitor gets. */
  readonly privateFiles: number;
}

/** The result for a terminal, ending with the next step. */
export function renderResult(result: PublishResult): string {
  const verb = result.alreadyPublished ? 'is already published, nothing to do' : 'is published';
  return [
    `Build ${result.build} of ${result.app} ${verb}.`,
    ...rowsOf(result).map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
    '',
    ...nextStep(result),
  ].join('\n');
}

/** The same for the job summary in GitHub Actions. */
export function renderSummary(result: PublishResult): string {
  const verb = result.alreadyPublished ? 'was already published' : 'published';
  return [
    `### Build ${result.build} of ${result.app} ${verb}`,
    '',
    '| | |',
    '|---|---|',
    ...rowsOf(result).map(([name, value]) => `| ${name} | ${value} |`),
    '',
    isUntrusted(result.build)
      ? `Next: \`headgate preview ${result.app} <environment> ${result.build}\`.`
      : `Next: \`build: ${JSON.stringify(result.build)}\` in the policy of ${result.app}.`,
    '',
  ].join('\n');
}

function nextStep({ app, build }: PublishResult): readonly string[] {
  if (isUntrusted(build)) {
    return [
      'Next: a link to it, on an environment with `preview: { builds: all }`:',
      `  headgate preview ${app} <environment> ${build}`,
    ];
  }
  return [
    `Next: name it in the policy of ${app}, under \`release\` of an environment:`,
    `  build: ${JSON.stringify(build)}`,
  ];
}

function rowsOf(result: PublishResult): readonly (readonly [name: string, value: string])[] {
  const uploaded = `${countFiles(result.uploadedFiles)}, ${renderBytes(result.uploadedBytes)}`;
  return [
    ['files', `${countFiles(result.files)}, ${renderBytes(result.bytes)}`],
    ...(result.alreadyPublished ? [] : [['uploaded', uploaded] as const]),
    ...row('copied', result.copiedFiles, 'within the bucket'),
    ...row('shared', result.sharedFiles, 'already in the pool'),
    ...row('resumed', result.resumedFiles, 'already stored by an interrupted run'),
    ...row('private', result.privateFiles, 'of source maps, not served'),
    ['digest', result.digest],
  ];
}

function row(name: string, files: number, where: string): readonly (readonly [string, string])[] {
  return files === 0 ? [] : [[name, `${countFiles(files)} ${where}`]];
}

export function countFiles(count: number): string {
  return `${renderCount(count)} ${count === 1 ? 'file' : 'files'}`;
}

/** `10,000`. Not by Intl: loading that takes longer than a small publish computes. */
export function renderCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Decimal units, as file managers and S3 show them: 20,812,345 is `20.8 MB`. */
export function renderBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}

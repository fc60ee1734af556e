import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { doctor } from '../../../controller/commands/doctor.ts';
import type { Row } from '../../../controller/core/doctor/probe/report.ts';
import { runInProcess } from '../run-in-process.ts';
import type { Setting } from '../setting.ts';

interface Asked {
  /** `--probe-only`. */
  readonly parts: string;
  /** Another than the setting's. */
  readonly endpoint?: string;
  /** Of the setting's cloud. */
  readonly speed?: number;
}

/** `headgate doctor --probe` of those parts, with its report by statement. */
export async function runProbe(setting: Setting, { parts, endpoint, speed = 1 }: Asked) {
  const { cloud, directory } = setting;
  const report = join(directory, 'report.md');
  const environment = {
    ...cloud.environment,
    HEADGATE_EDGE_ENDPOINT: cloud.edgeUrl,
    ...(endpoint && { AWS_ENDPOINT_URL: endpoint }),
  };
  const there = { ...setting, cloud: { ...cloud, environment } };
  const args = ['--probe', '--yes', '--writes', '3', '--probe-only', parts, '--report', report];
  const ran = await runInProcess(there, doctor, { args, speed });
  const text = await readFile(join(directory, 'report.json'), 'utf8');
  const found = JSON.parse(text) as {
    readonly statements: readonly Row[];
    readonly propagation: readonly number[];
    readonly leftOvers: readonly string[];
  };
  const outcomes = Object.fromEntries(found.statements.map((one) => [one.id, one]));
  return { ...ran, ...found, outcomes, markdown: await readFile(report, 'utf8') };
}

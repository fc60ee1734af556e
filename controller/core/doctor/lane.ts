/** The fast lane's function itself, and what came of test events. */
import { found, foundIf, type Finding } from './finding.ts';
import type { LaneFacts, LaneFunction, TestLook } from './lane-facts.ts';
import { TEST_SOURCE } from './test-event.ts';

export function judgeTest(
  { rule, region, outcome }: TestLook,
  { name }: LaneFacts,
): readonly Finding[] {
  const subject = `rule ${rule} in ${region}`;
  switch (outcome) {
    case 'seen':
      return [];
    case 'unmatched':
      return [
        found('test-event-unmatched', {
          subject,
          what: `it lets no event of the source ${TEST_SOURCE} through, so no test event was sent`,
          fix: `Put "${TEST_SOURCE}" beside "aws.cloudwatch" in the source of its pattern: headgate bootstrap --deploy does.`,
        }),
      ];
    case 'lost':
      return [
        found('test-event-lost', {
          subject,
          what: `a test event that it lets through was not in the log of ${name} within a minute`,
          fix: `Look at FailedInvocations of the rule and Errors of the function in CloudWatch, and at the log group /aws/lambda/${name}.`,
        }),
      ];
  }
}

/** What the template begins with is a line or two; the real code is over 100 KB. */
const PLACEHOLDER_BYTES = 4096;

export function checkCode(
  { name, region, expectedSha256 }: LaneFacts,
  { codeBytes, codeSha256, reservedConcurrency: reserved }: LaneFunction,
): readonly Finding[] {
  const subject = `function ${name}`;
  const isPlaceholder = codeBytes < PLACEHOLDER_BYTES;
  const isOld = expectedSha256 !== undefined && expectedSha256 !== codeSha256;
  return [
    ...foundIf(isPlaceholder, 'lane-placeholder', {
      subject,
      what: `its code is ${codeBytes} bytes: what bootstrap begins with, and nothing else`,
      fix: 'headgate bootstrap --deploy uploads the code.',
    }),
    ...foundIf(isOld && !isPlaceholder, 'lane-old', {
      subject,
      what: 'it runs other code than this version of Headgate has',
      evidence: `CodeSha256 ${codeSha256}, this version's is ${expectedSha256}`,
      fix: 'headgate bootstrap --deploy uploads it, with the version that the workflows use.',
    }),
    ...foundIf(reserved !== undefined && reserved < 2, 'lane-throttled', {
      subject,
      what:
        reserved === 0
          ? 'its reserved concurrency is 0: it never runs'
          : `its reserved concurrency is ${reserved}: an alarm waits while the schedule's run goes on, and longer for the next try`,
      fix: `aws lambda delete-function-concurrency --function-name ${name} --region ${region}`,
    }),
  ];
}

/** What it runs with, held against what bootstrap gives it; more time or memory, and a newer Node.js, do no harm. */
export function checkLaneSettings(
  { name, region }: LaneFacts,
  present: LaneFunction,
  wanted: Readonly<Record<string, unknown>>,
): readonly Finding[] {
  const { Runtime, Handler, Timeout, MemorySize, Environment } = wanted;
  const differs = [
    ...(majorOf(present.runtime) >= majorOf(String(Runtime))
      ? []
      : [`runtime ${present.runtime}, not ${String(Runtime)}`]),
    ...(present.handler === Handler ? [] : [`handler ${present.handler}, not ${String(Handler)}`]),
    ...(present.seconds < Number(Timeout) ? [`${present.seconds} s, not ${String(Timeout)}`] : []),
    ...(present.megabytes < Number(MemorySize)
      ? [`${present.megabytes} MB, not ${String(MemorySize)}`]
      : []),
    ...variablesOf(Environment).flatMap(([variable, value]) =>
      present.variables[variable] === value ? [] : [`another ${variable} than setup has, or none`],
    ),
  ];
  return foundIf(differs.length > 0, 'lane-differs', {
    subject: `function ${name}`,
    what: `it has ${differs.join('; ')}`,
    evidence: 'with too little it may end half-way; without its variables it opens no revert',
    fix: `aws lambda update-function-configuration --function-name ${name} --region ${region}, as headgate bootstrap --outputs-only prints it.`,
  });
}

/** `nodejs22.x`; 0: no Node.js. */
function majorOf(runtime: string): number {
  return Number(/^nodejs(\d+)\.x$/.exec(runtime)?.[1] ?? 0);
}

function variablesOf(environment: unknown): readonly (readonly [string, unknown])[] {
  if (typeof environment !== 'object' || environment === null) return [];
  const [variables] = Object.values(environment) as readonly object[];
  return Object.entries(variables ?? {});
}

/** The fast lane's function itself, and what came of test events. */
import type { LaneFacts, LaneFunction, TestLook } from './facts.ts';
import { found, type Finding } from './finding.ts';
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
  { codeBytes, codeSha256, reservedConcurrency }: LaneFunction,
): readonly Finding[] {
  const subject = `function ${name}`;
  const isPlaceholder = codeBytes < PLACEHOLDER_BYTES;
  const isOld = expectedSha256 !== undefined && expectedSha256 !== codeSha256;
  return [
    ...(isPlaceholder
      ? [
          found('lane-placeholder', {
            subject,
            what: `its code is ${codeBytes} bytes: what bootstrap begins with, and nothing else`,
            fix: 'headgate bootstrap --deploy uploads the code.',
          }),
        ]
      : []),
    ...(isOld && !isPlaceholder
      ? [
          found('lane-old', {
            subject,
            what: 'it runs other code than this version of Headgate has',
            evidence: `CodeSha256 ${codeSha256}, this version's is ${expectedSha256}`,
            fix: 'headgate bootstrap --deploy uploads it, with the version that the workflows use.',
          }),
        ]
      : []),
    ...(reservedConcurrency !== undefined && reservedConcurrency < 2
      ? [
          found('lane-throttled', {
            subject,
            what: `its reserved concurrency is ${reservedConcurrency}: an alarm waits for the schedule, or for good`,
            fix: `aws lambda delete-function-concurrency --function-name ${name} --region ${region}`,
          }),
        ]
      : []),
  ];
}

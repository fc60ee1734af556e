/** The one function of a Lambda@Edge group. */
export function lambdaName(group: string): string {
  return `headgate-${group}`;
}

/** The events that it answers, by one handler. */
export const LAMBDA_EVENTS = ['viewer-request', 'origin-request', 'viewer-response'] as const;

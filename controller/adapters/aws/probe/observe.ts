import type { Measured } from '../../../core/doctor/probe/statement.ts';

/** What was seen, and whether that is what the statement says. */
export type Look = readonly [holds: boolean, evidence: string];

/** An error that nobody expected is no answer to the question. */
export async function observe(id: string, look: () => Promise<Look>): Promise<Measured> {
  try {
    const [holds, evidence] = await look();
    return { id, outcome: holds ? 'holds' : 'does not hold', evidence };
  } catch (error) {
    return { id, outcome: 'could not be measured', evidence: describe(error) };
  }
}

export interface Refusal {
  readonly name: string;
  readonly status: number | undefined;
  /** The member of S3's errors that names the condition which failed. */
  readonly condition: string | undefined;
}

/** How a request was refused; undefined: it was not. Throws what is no answer of AWS, or one that says nothing. */
export async function refusalOf(request: Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    const { name, $metadata, Condition: condition } = error as ServiceError;
    const status = $metadata?.httpStatusCode;
    if (status === undefined || isBusy(name, status)) throw error;
    return { name, status, condition };
  }
}

/** 501 says that AWS can't do it, which is an answer. */
function isBusy(name: string, status: number): boolean {
  return (status >= 500 && status !== 501) || /Throttl|TooManyRequests|SlowDown/.test(name);
}

/**
 * The same of requests of whoever runs the probe, who needs the permission: without it, or when their session is over,
 * AWS never came to the question.
 */
export async function refusalToOwner(request: Promise<unknown>): Promise<Refusal | undefined> {
  const refusal = await refusalOf(request);
  if (isDenied(refusal) || isOver(refusal)) {
    throw new Error(`whoever runs the probe was refused: ${tell(refusal)}`);
  }
  return refusal;
}

interface ServiceError {
  readonly name: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly Condition?: string;
}

export function tell(refusal: Refusal | undefined): string {
  return refusal === undefined ? 'accepted' : `${refusal.status} ${refusal.name}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Whether it was refused because a session is over. */
export function isOver(refusal: Refusal | undefined): boolean {
  return refusal?.name.startsWith('ExpiredToken') === true;
}

/** Whether it was refused for want of a permission. */
export function isDenied(refusal: Refusal | undefined): boolean {
  return refusal?.name.startsWith('AccessDenied') === true;
}

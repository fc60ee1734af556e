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

/** How a request was refused; undefined: it was not. Throws what is no answer of AWS. */
export async function refusalOf(request: Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    const { name, $metadata, Condition: condition } = error as ServiceError;
    if ($metadata?.httpStatusCode === undefined) throw error;
    return { name, status: $metadata.httpStatusCode, condition };
  }
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

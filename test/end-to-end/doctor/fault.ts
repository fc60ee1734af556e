import type { FindingId } from '../../../controller/core/doctor/catalogue.ts';
import type { Asked, Patient, Texts } from './patient.ts';

/** One thing that is wrong in an account, or in what is asked of it. */
export interface Fault {
  readonly id: FindingId;
  /** What it brings along, as one thing often breaks another. */
  readonly brings?: readonly FindingId[];
  /** Says of which subject, or with which words, it is found. */
  readonly says?: RegExp;
  /** Returns how to take it back. */
  readonly plant?: (patient: Patient) => Promise<() => Promise<unknown>>;
  readonly asked?: Asked | ((patient: Patient) => Promise<Asked>);
}

/** A fault of the policies alone. */
export function inShop(from: string | RegExp, to: string): Asked {
  return { edit: ({ edge, shop }) => ({ edge, shop: replace(shop, from, to) }) };
}

export function inEdge(from: string | RegExp, to: string): Asked {
  return { edit: ({ edge, shop }: Texts) => ({ edge: replace(edge, from, to), shop }) };
}

function replace(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing to replace: ${String(from)}`);
  return changed;
}

import type { EnvironmentPolicy } from './policy.ts';

/** Whether anything of it is signed: links, or who gets in. */
export function needsKeys({ preview, gate }: EnvironmentPolicy): boolean {
  return preview.access === 'signed' || gate !== undefined;
}

import * as z from 'zod';
import type { KeyRing, TokenKind } from '../../../edge/core/token.ts';
import { mac } from './mac.ts';

/**
 * What the edge verifies with, in the order of the masters: one key per kind, so that what is signed
 * for one kind is never valid as another. From these the masters can't be found.
 */
export function deriveKeys(
  masters: readonly { readonly kid: string; readonly secret: string }[],
  { app, environment }: { readonly app: string; readonly environment: string },
): KeyRing {
  const derive = (secret: string, kind: TokenKind): string =>
    mac(secret, `headgate~1~${kind}~${app}~${environment}`);
  return Object.fromEntries(
    masters.map(({ kid, secret }) => [
      kid,
      { p: derive(secret, 'p'), v: derive(secret, 'v'), s: derive(secret, 's') },
    ]),
  );
}

const key = z.string().min(1);
const derivedSchema = z.record(z.string(), z.object({ p: key, v: key, s: key }));

/** undefined: no such value, or not one that Headgate wrote. */
export function parseDerivedKeys(text: string | undefined): KeyRing | undefined {
  if (text === undefined) return undefined;
  try {
    return derivedSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

import { signToken, type TokenToSign } from '../../../edge/core/token.ts';
import { UsageError } from '../../core/errors.ts';
import * as values from '../../core/policy/values.ts';
import type { EnvironmentSubject } from '../../core/policy/subjects.ts';
import { parseDerivedKeys } from '../../core/tokens/derived-keys.ts';
import { mac } from '../../core/tokens/mac.ts';
import type { Context } from '../../ports/context.ts';
import { readLiveKeys } from '../../read/keys.ts';

/** Signs with the key that signs at the edge, so that every location knows it. */
export async function signFor(
  subject: EnvironmentSubject,
  token: TokenToSign,
  context: Context,
): Promise<string> {
  const { app, environment } = subject;
  const { key, store, value } = await readLiveKeys(subject, context);
  const ring = parseDerivedKeys(value) ?? {};
  const signed = signToken(token, { scope: `${app.app}~${environment.name}`, ring, mac });
  if (signed !== undefined) return signed;
  throw new UsageError(
    store === undefined
      ? `${app.app}/${environment.name} has no signing keys in SSM.`
      : `${app.app}/${environment.name} has no signing keys: KeyValueStore ${store} has no usable ${key}.`,
    `Run \`headgate keys rotate ${app.app} ${environment.name}\` once; it also puts lost ones back.`,
  );
}

/** The seconds that `--ttl` says; left out, `usual`. */
export function readLifetime(
  written: string | boolean | undefined,
  { usual, limit, why }: { readonly usual: number; readonly limit: number; readonly why: string },
): number {
  if (written === undefined) return usual;
  const text = String(written);
  if (!values.positiveDuration.safeParse(text).success) {
    const expects = String(values.positiveDuration.meta()?.['expects']);
    throw new UsageError(`--ttl ${JSON.stringify(text)} is not ${expects}.`, 'Such as --ttl 1d');
  }
  // Tokens count in whole ones.
  const seconds = Math.ceil(values.parseSeconds(text));
  if (seconds <= limit) return seconds;
  throw new UsageError(
    `--ttl ${text} is longer than ${renderDuration(limit)}: ${why}.`,
    `Ask for ${renderDuration(limit)} or less.`,
  );
}

/** `604800` is `7d`. */
function renderDuration(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds}s`;
}

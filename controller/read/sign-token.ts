import { signToken, type TokenToSign } from '../../edge/core/token.ts';
import { UsageError } from '../core/errors.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { parseDerivedKeys } from '../core/tokens/derived-keys.ts';
import { mac } from '../core/tokens/mac.ts';
import type { Context } from '../ports/context.ts';
import { readLiveKeys } from './keys.ts';

/** Signs with the key that signs at the edge, so that every location knows it; reads it once. */
export async function createSigner(
  subject: EnvironmentSubject,
  context: Context,
): Promise<(token: TokenToSign) => string> {
  const { app, environment } = subject;
  const { key, store, value } = await readLiveKeys(subject, context);
  const ring = parseDerivedKeys(value) ?? {};
  const scope = `${app.app}~${environment.name}`;
  return (token) => {
    const signed = signToken(token, { scope, ring, mac });
    if (signed !== undefined) return signed;
    throw new UsageError(
      store === undefined
        ? `${app.app}/${environment.name} has no signing keys in SSM.`
        : `${app.app}/${environment.name} has no signing keys: KeyValueStore ${store} has no usable ${key}.`,
      `Run \`headgate keys rotate ${app.app} ${environment.name}\` once; it also puts lost ones back.`,
    );
  };
}

/** One token. */
export async function signFor(
  subject: EnvironmentSubject,
  token: TokenToSign,
  context: Context,
): Promise<string> {
  const sign = await createSigner(subject, context);
  return sign(token);
}

import { findOrigin } from '../../core/policy/origins.ts';
import type { EnvironmentSubject } from '../../core/policy/subjects.ts';
import { HeadgateError } from '../../core/errors.ts';
import type { Context } from '../../ports/context.ts';
import { createSigner } from '../../read/sign-token.ts';
import { keepForPreview } from './lease.ts';

/** Makes the link of a build, and keeps that from collections until the link ends. */
export type Link = (build: string) => Promise<{ readonly url: string; readonly expires?: string }>;

/** Makes links that end at the same time, in `lifetime` seconds; signed ones with keys that are read once. */
export async function createLinks(
  subject: EnvironmentSubject,
  { lifetime, context }: { readonly lifetime: number; readonly context: Context },
): Promise<Link> {
  const isSigned = subject.environment.preview.access === 'signed';
  const expiry = Math.floor(context.clock.now().getTime() / 1000 + lifetime);
  const expires = new Date(expiry * 1000).toISOString();
  const urlOf = (token: string) =>
    `https://${hostOf(subject.environment)}/?override_build_number=${token}`;
  const sign = isSigned ? await createSigner(subject, context) : undefined;
  return async (build) => {
    await keep(subject, { build, expires }, context);
    if (sign === undefined) return { url: urlOf(build) };
    return { url: urlOf(sign({ kind: 'p', fields: [build], expiry })), expires };
  };
}

export function hostOf({ hosts }: EnvironmentSubject['environment']): string {
  const [host = ''] = hosts;
  return host;
}

/** A link is worth having without: what goes wrong is told. */
async function keep(
  { app }: EnvironmentSubject,
  { build, expires }: { readonly build: string; readonly expires: string },
  context: Context,
): Promise<void> {
  if (findOrigin(app, build) !== undefined) return;
  try {
    await keepForPreview(context.collections(app), { app: app.app, build, expires });
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    context.terminal.note(
      `\`headgate gc\` does not know of this link, and may delete build ${build} before it ends: ${error.message}`,
    );
  }
}

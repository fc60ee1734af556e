import { beforeAll, expect, test } from 'vitest';
import { createAttestations } from '../../../../controller/adapters/sigstore/attestations.ts';
import type { Attestation } from '../../../../controller/core/provenance/attestation.ts';
import { CLAIMS, COMMIT, createSigstore, RUN, type Sigstore } from '../../../fakes/sigstore.ts';

const SHA256 = 'ab'.repeat(32);
const NO_TIME = /^no log or timestamp authority of the trusted root says when it was signed/;
const CERTIFICATE =
  /^its certificate is of no authority in the trusted root, is in no log of it, or was not valid when/;
const LOG = /^it is in no transparency log of the trusted root as it is here/;

let ours: Sigstore;
let theirs: Sigstore;
beforeAll(async () => {
  [ours, theirs] = await Promise.all([createSigstore(), createSigstore()]);
});

async function verify(bundle: unknown, root = ours.root()): Promise<Attestation> {
  const [verified] = await createAttestations().verify([bundle], root);
  if (verified === undefined) throw new Error('nothing came back');
  return verified;
}

const whyOf = (verified: Attestation) => (verified.kind === 'broken' ? verified.why : 'signed');

test('what GitHub logged for a public repository says who signed what', async () => {
  const verified = await verify(await ours.attest(SHA256));
  expect(verified).toMatchObject({
    kind: 'signed',
    signer: `https://github.com/${CLAIMS.workflow}`,
    issuer: CLAIMS.issuer,
    repository: 'https://github.com/acme/shop',
    ref: 'refs/heads/main',
    commit: COMMIT,
    run: RUN,
    payloadType: 'application/vnd.in-toto+json',
  });
  expect(verified.kind === 'signed' && verified.payload).toContain(SHA256);
});

test('of a private repository there is a timestamp and no log', async () => {
  const bundle = await ours.attest(SHA256, { time: 'timestamp' });
  expect(await verify(bundle, ours.root('github'))).toMatchObject({ kind: 'signed' });
  // The public instance logs both: what is in no log of its is not from there.
  expect(whyOf(await verify(bundle))).toMatch(/certificate .* is in no log of it.*expected 1 SCTs/);
  const half = await ours.attest(SHA256, { time: 'timestamp', isCertificateLogged: true });
  expect(whyOf(await verify(half))).toMatch(/^it is in no transparency log .*expected 1 tlog/);
});

test('any of several roots will do, and the one that fits best says what is wrong', async () => {
  const roots = `${theirs.root()}\n${theirs.root('github')}\n\n${ours.root()}\n`;
  expect(await verify(await ours.attest(SHA256), roots)).toMatchObject({ kind: 'signed' });
  const forged = tamper(await ours.attest(SHA256), (envelope) => {
    envelope.payload = Buffer.from('{}').toString('base64');
  });
  expect(whyOf(await verify(forged, roots))).toMatch(LOG);
});

test('a root that nobody trusts, and a certificate that was over when it signed', async () => {
  expect(whyOf(await verify(await theirs.attest(SHA256)))).toMatch(CERTIFICATE);
  const late = await ours.attest(SHA256, { after: 20 });
  expect(whyOf(await verify(late))).toMatch(CERTIFICATE);
  const later = await ours.attest(SHA256, { after: 20, time: 'timestamp' });
  expect(whyOf(await verify(later, ours.root('github')))).toMatch(CERTIFICATE);
});

test('a certificate without a time is worth nothing once it is over', async () => {
  const bundle = await ours.attest(SHA256, { time: 'none' });
  for (const root of [ours.root(), ours.root('github')]) {
    expect(whyOf(await verify(bundle, root))).toMatch(NO_TIME);
  }
});

test('nobody backdates a log entry by leaving out what signs its time', async () => {
  const bundle = await ours.attest(SHA256, { after: 20 });
  const [entry] = (bundle['verificationMaterial'] as Material).tlogEntries;
  if (entry === undefined) throw new Error('no entry');
  delete entry.inclusionPromise;
  entry.integratedTime = String(Math.floor(Date.now() / 1000) + 60);
  expect(whyOf(await verify(bundle))).toMatch(NO_TIME);
});

test('a signature of another statement, or of another key', async () => {
  const [one, other] = await Promise.all([
    ours.attest(SHA256, { time: 'timestamp' }),
    ours.attest('cd'.repeat(32), { time: 'timestamp' }),
  ]);
  const swapped = tamper(one, (envelope) => {
    envelope.payload = (other['dsseEnvelope'] as Envelope).payload;
  });
  const why = whyOf(await verify(swapped, ours.root('github')));
  expect(why).toMatch(/^its signature does not fit what it signs/);
  const foreign = tamper(await ours.attest(SHA256), (envelope) => {
    envelope.signatures = (other['dsseEnvelope'] as Envelope).signatures;
  });
  expect(whyOf(await verify(foreign))).toMatch(LOG);
});

test('what is no bundle, or holds no statement, is said to be so', async () => {
  expect(whyOf(await verify({}))).toMatch(/^it is no Sigstore bundle: /);
  expect(whyOf(await verify({ mediaType: 'text/plain' }))).toMatch(/^it is no Sigstore bundle: /);
  const { dsseEnvelope: _envelope, ...rest } = await ours.attest(SHA256);
  const digest = { algorithm: 'SHA2_256', digest: 'AAAA' };
  const message = { ...rest, messageSignature: { messageDigest: digest, signature: 'AAAA' } };
  expect(whyOf(await verify(message))).toBe('it signs no statement');
});

test('a trusted root that is none is the reason, whatever the bundle', async () => {
  const bundle = await ours.attest(SHA256);
  expect(whyOf(await verify(bundle, ''))).toBe('the trusted root is empty');
  const why = whyOf(await verify(bundle, `${ours.root()}\nnothing\n`));
  expect(why).toMatch(/^line 2 of the trusted root can't be used: /);
  expect(whyOf(await verify(bundle, '{"certificateAuthorities":[{}]}'))).toMatch(/^line 1 of/);
});

interface Envelope {
  payload: string;
  signatures: unknown;
}

interface Material {
  readonly tlogEntries: { inclusionPromise?: unknown; integratedTime: string }[];
}

function tamper(
  bundle: Record<string, unknown>,
  change: (envelope: Envelope) => void,
): Record<string, unknown> {
  const copy = structuredClone(bundle);
  change(copy['dsseEnvelope'] as Envelope);
  return copy;
}

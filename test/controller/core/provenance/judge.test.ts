import { expect, it } from 'vitest';
import type { ProvenancePolicy } from '../../../../controller/core/policy/provenance.ts';
import type {
  Attestation,
  SignedAttestation,
} from '../../../../controller/core/provenance/attestation.ts';
import { readBundles, readClaim } from '../../../../controller/core/provenance/bundle.ts';
import { judgeProvenance, PREDICATE_TYPE } from '../../../../controller/core/provenance/judge.ts';

const SHA256 = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);
const WORKFLOW = '.github/workflows/publish.yml';

const POLICY: ProvenancePolicy = {
  repository: 'acme/shop',
  workflow: `acme/shop/${WORKFLOW}`,
  ref: 'refs/heads/main',
  issuer: 'https://token.actions.githubusercontent.com',
  trustedRoot: 'policies/trusted-root.jsonl',
};

const statement = (change: object = {}) =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: PREDICATE_TYPE,
    subject: [{ name: 'shop-1', digest: { sha256: SHA256 } }],
    predicate: {},
    ...change,
  });

const SIGNED: SignedAttestation = {
  kind: 'signed',
  signer: `https://github.com/acme/shop/${WORKFLOW}@refs/heads/main`,
  issuer: POLICY.issuer,
  repository: 'https://github.com/acme/shop',
  ref: 'refs/heads/main',
  commit: '0123abc',
  run: 'https://github.com/acme/shop/actions/runs/7',
  payloadType: 'application/vnd.in-toto+json',
  payload: statement(),
};

function judge(change: Partial<SignedAttestation> = {}, policy: Partial<ProvenancePolicy> = {}) {
  const finding = judgeProvenance({ ...POLICY, ...policy }, SHA256, [{ ...SIGNED, ...change }]);
  return finding.kind === 'refused' ? finding.why : finding;
}

it('tells who attested what holds', () => {
  const run = 'https://github.com/acme/shop/actions/runs/7';
  const by = `provenance: attested by acme/shop/${WORKFLOW}@refs/heads/main, commit 0123abc, ${run}`;
  expect(judge()).toEqual({ kind: 'proven', by });
});

const SIGNER = 'https://github.com/acme/';

it.each<[string, Partial<SignedAttestation>, RegExp]>([
  [
    'a fork',
    { repository: 'https://github.com/mallory/shop' },
    /run of .*mallory\/shop, not .*acme\/shop$/,
  ],
  ['no repository', { repository: undefined }, /run of nobody knows what, not/],
  ['a name that goes on', { repository: 'https://github.com/acme/shop2' }, /acme\/shop2, not/],
  [
    'another branch',
    { ref: 'refs/heads/mine' },
    /made for refs\/heads\/mine, not refs\/heads\/main$/,
  ],
  ['a pull request', { ref: 'refs/pull/12/merge' }, /made for refs\/pull\/12\/merge, not/],
  [
    'another issuer',
    { issuer: 'https://accounts.example.com' },
    /vouched for by https:\/\/accounts/,
  ],
  [
    'another workflow',
    { signer: `${SIGNER}shop/.github/workflows/test.yml@refs/heads/main` },
    /signed by .*test\.yml@refs\/heads\/main, not .*publish\.yml@refs\/heads\/main$/,
  ],
  [
    'the workflow of a branch',
    { signer: `${SIGNER}shop/${WORKFLOW}@refs/heads/mine` },
    /@refs\/heads\/mine, not/,
  ],
  [
    'the workflow of another',
    { signer: `${SIGNER}tools/${WORKFLOW}@refs/heads/main` },
    /acme\/tools/,
  ],
  [
    'a workflow whose name goes on',
    { signer: `${SIGNER}shop/${WORKFLOW}@refs/heads/main2` },
    /main2, not/,
  ],
  ['no signer', { signer: undefined }, /signed by nobody knows what, not/],
  [
    'another digest',
    { payload: statement({ subject: [{ digest: { sha256: OTHER } }] }) },
    new RegExp(`about ${OTHER}, and the manifest's SHA-256 is ${SHA256}$`),
  ],
  [
    'the beginning of it',
    { payload: statement({ subject: [{ digest: { sha256: SHA256.slice(0, 16) } }] }) },
    /^it is about abab/,
  ],
  [
    'another algorithm',
    { payload: statement({ subject: [{ digest: { sha512: SHA256 } }] }) },
    /about nothing/,
  ],
  [
    'an SBOM',
    { payload: statement({ predicateType: 'https://spdx.dev/Document' }) },
    /of type https:\/\/spdx\.dev\/Document, not https:\/\/slsa\.dev\/provenance\/v1$/,
  ],
  [
    'an old statement',
    { payload: statement({ _type: 'https://in-toto.io/Statement/v0.1' }) },
    /no in-toto statement/,
  ],
  ['no JSON', { payload: 'hello' }, /no in-toto statement/],
  ['something else', { payloadType: 'text/plain' }, /no in-toto statement/],
])('%s proves nothing', (_name, change, why) => {
  expect(judge(change)).toMatch(why);
});

it("takes another repository's workflow at any ref, or at the one that is pinned", () => {
  const workflow = `acme/headgate/${WORKFLOW}`;
  const signer = `https://github.com/${workflow}@0123abc`;
  expect(judge({ signer }, { workflow })).toMatchObject({ kind: 'proven' });
  expect(judge({ signer }, { workflow: `${workflow}@0123abc` })).toMatchObject({ kind: 'proven' });
  expect(judge({ signer }, { workflow: `${workflow}@0123ab` })).toMatch(/not .*@0123ab$/);
  expect(judge({ signer: `https://github.com/${workflow}x@1` }, { workflow })).toMatch(
    /not .*@\.\.\.$/,
  );
});

it('one of several that holds is enough; else it tells of three', () => {
  const broken: Attestation = { kind: 'broken', why: 'its signature is bad' };
  expect(judgeProvenance(POLICY, SHA256, [broken, SIGNED])).toMatchObject({ kind: 'proven' });
  const finding = judgeProvenance(POLICY, SHA256, [
    broken,
    { ...SIGNED, ref: 'x' },
    broken,
    broken,
  ]);
  expect(finding).toMatchObject({
    kind: 'refused',
    why: expect.stringMatching(
      /^none of its 4 attestations will do \(1: its signature is bad; 2: it was made for x, not refs\/heads\/main; 3: its signature is bad; and so on\)$/,
    ) as string,
  });
  expect(judgeProvenance(POLICY, SHA256, [])).toMatchObject({ why: 'there is none' });
});

const bytes = (text: string) => Buffer.from(text);

it('reads a bundle over many lines, and one a line', () => {
  expect(readBundles(bytes('{\n"a": 1\n}\n'))).toEqual({ kind: 'bundles', bundles: [{ a: 1 }] });
  const lines = readBundles(bytes('{"a":1}\n\n{"b":2}\n'));
  expect(lines).toEqual({ kind: 'bundles', bundles: [{ a: 1 }, { b: 2 }] });
});

it.each([
  ['', 'it is empty'],
  ['\n \n', 'it is empty'],
  ['{"a":1}\nhello', 'line 2 is no JSON of a Sigstore bundle'],
  ['1', 'line 1 is no JSON of a Sigstore bundle'],
  ['\u0000\u0001', 'line 1 is no JSON of a Sigstore bundle'],
  ['{}\n'.repeat(11), 'it has 11 attestations, and 10 are the most'],
  [' '.repeat(2 ** 20 + 1), 'it has 1048577 bytes, and 1048576 are the most'],
])('%# is no list of bundles', (text, why) => {
  expect(readBundles(bytes(text))).toEqual({ kind: 'unreadable', why });
});

it('tells what a bundle claims, or that it claims nothing', () => {
  const payload = Buffer.from(statement()).toString('base64');
  const envelope = { payloadType: 'application/vnd.in-toto+json', payload };
  const claim = { predicateType: PREDICATE_TYPE, subjects: [SHA256] };
  expect(readClaim({ dsseEnvelope: envelope })).toEqual(claim);
  for (const none of [
    {},
    { messageSignature: {} },
    { dsseEnvelope: { ...envelope, payload: 1 } },
  ]) {
    expect(readClaim(none)).toBeUndefined();
  }
});

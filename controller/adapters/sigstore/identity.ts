import type { Signer } from '@sigstore/verify';
import type { SignedAttestation } from '../../core/provenance/attestation.ts';

type Identity = Pick<
  SignedAttestation,
  'signer' | 'issuer' | 'repository' | 'ref' | 'commit' | 'run'
>;

/** https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const FULCIO = '1.3.6.1.4.1.57264.1';
const EXTENSIONS = { issuer: 8, repository: 12, ref: 14, commit: 13, run: 21 } as const;

/** What the certificate says of who asked for it. The older, unversioned extensions are not read. */
export function readIdentity(identity: Signer['identity']): Identity {
  const read = (extension: number) => {
    const values = (identity?.oids ?? []).flatMap(({ oid, value }) =>
      oid?.id.join('.') === `${FULCIO}.${extension}` ? [readText(value)] : [],
    );
    // Two would be for somebody else to choose from.
    return values.length === 1 ? values[0] : undefined;
  };
  return {
    signer: identity?.subjectAlternativeName,
    issuer: read(EXTENSIONS.issuer),
    repository: read(EXTENSIONS.repository),
    ref: read(EXTENSIONS.ref),
    commit: read(EXTENSIONS.commit),
    run: read(EXTENSIONS.run),
  };
}

const UTF8_STRING = 0x0c;

/** DER of one UTF8String: tag, length (one byte up to 127, else how many follow), bytes. */
function readText(der: Uint8Array): string | undefined {
  const [tag, first = 0] = der;
  if (tag !== UTF8_STRING) return undefined;
  const more = first > 0x7f ? first - 0x80 : 0;
  if (more > 2) return undefined;
  const head = 2 + more;
  const length =
    more === 0 ? first : Number.parseInt(Buffer.from(der.slice(2, head)).toString('hex'), 16);
  return der.length === head + length ? Buffer.from(der.slice(head)).toString() : undefined;
}

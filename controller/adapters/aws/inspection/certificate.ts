import { connect, rootCertificates, type TLSSocket } from 'node:tls';
import { UnansweredError } from '../../../core/errors.ts';
import type { CertificateSeen } from '../../../core/doctor/facts.ts';

const LIMIT_MILLIS = 5000;

/** What is wrong with a certificate itself, which the doctor looks at. */
const LOOKED_AT = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID'];

export interface Server {
  /** Its address. */
  readonly domain: string;
  /** What it is asked for. */
  readonly host: string;
  readonly port?: number;
  /** Authorities; those of Mozilla's list, which are the ones that CloudFront takes (documented). */
  readonly ca?: readonly string[];
}

/**
 * One handshake, and no request: the certificate that visitors would get. A proxy that opens TLS shows one of its own,
 * often for a few days: authorities that were added to this machine are not asked, so that none is taken for CloudFront's.
 */
export function readCertificate({
  domain,
  host,
  port = 443,
  ca = rootCertificates,
}: Server): Promise<CertificateSeen> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      socket.destroy();
      reject(
        new UnansweredError(
          `there was no TLS handshake with ${domain} for ${host}: ${reason}`,
          'Run it from a machine that reaches the distribution on port 443 without a proxy.',
        ),
      );
    };
    // What is expired or for others is to be looked at, too.
    const asked = { host: domain, port, servername: host, ca: [...ca], rejectUnauthorized: false };
    const socket = connect(asked);
    socket.setTimeout(LIMIT_MILLIS, () => fail(`no answer within ${LIMIT_MILLIS / 1000} s`));
    socket.once('error', ({ message }) => fail(message));
    socket.once('secureConnect', () => {
      const doubt = socket.authorized ? '' : String(socket.authorizationError);
      if (doubt !== '' && !LOOKED_AT.includes(doubt)) {
        fail(`what answered shows a certificate that no public authority signed (${doubt})`);
        return;
      }
      const seen = describe(socket);
      socket.destroy();
      resolve(seen);
    });
  });
}

/** `DNS:shop.example.com, DNS:*.example.com`, as Node writes them. */
function describe(socket: TLSSocket): CertificateSeen {
  const { subjectaltname = '', valid_from, valid_to } = socket.getPeerCertificate();
  const names = subjectaltname.split(', ').filter((name) => name.startsWith('DNS:'));
  return {
    names: names.map((name) => name.slice('DNS:'.length)),
    begins: new Date(valid_from),
    expires: new Date(valid_to),
  };
}

import { randomBytes } from 'node:crypto';
import type { Credential } from '../http/authorization.ts';
import { newId, type RoleRecord } from '../iam/role.ts';
import { openCollection } from '../keyvaluestore/collection.ts';
import { ACCOUNT_ID, type CloudClock, type Disk } from '../service.ts';

/** Credentials of a role for a while. */
export interface Session extends Credential {
  readonly token: string;
  readonly expires: number;
  readonly role: { readonly name: string; readonly id: string; readonly arn: string };
  /** `arn:aws:sts::<account>:assumed-role/<role>/<name>`. */
  readonly arn: string;
  /** `AROA...:<name>`. */
  readonly userId: string;
}

export interface Sessions {
  find(accessKey: string): Session | undefined;
  start(role: RoleRecord, name: string, seconds: number): Session;
}

/** The sessions of all roles; those that are over are forgotten when the next one starts. */
export function openSessions(disk: Disk, clock: CloudClock): Sessions {
  const records = openCollection<Session>(disk, 'sts/sessions');
  return {
    find: (accessKey) => records.get(accessKey),
    start({ name, id, arn }, sessionName, seconds) {
      const now = clock.now().getTime();
      // A request that comes a little late is still told that it is expired, not unknown.
      const over = records.values().filter(({ expires }) => expires < now - FORGET_MILLIS);
      for (const { accessKey } of over) records.remove(accessKey);
      const session: Session = {
        accessKey: newId('ASIA'),
        secret: randomBytes(30).toString('base64'),
        token: randomBytes(150).toString('base64'),
        expires: Math.floor(now / 1000 + seconds) * 1000,
        role: { name, id, arn },
        arn: `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${name}/${sessionName}`,
        userId: `${id}:${sessionName}`,
      };
      records.set(session.accessKey, session);
      return session;
    },
  };
}

const FORGET_MILLIS = 24 * 3_600_000;

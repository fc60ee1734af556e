/** Whether and where the story is played: pure, so that no test needs an account to see it refuse. */

export interface Go {
  readonly kind: 'go';
  /** The account that the person said; STS must say the same. */
  readonly account: string;
  /** What commands and SDK clients get of this process's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Divides all durations of the policies. */
  readonly speed: number;
  readonly isReal: boolean;
  /** Where visitors are sent instead of to the distribution's own domain. */
  readonly edgeEndpoint: string | undefined;
}

export interface Refused {
  readonly kind: 'refused';
  readonly why: string;
  readonly next: string;
}

const CONFIRMATION = 'HEADGATE_SMOKE_ACCOUNT';

export function chooseAccount(env: Readonly<Record<string, string | undefined>>): Go | Refused {
  const { AWS_ENDPOINT_URL: endpoint, CI: ci, [CONFIRMATION]: account } = env;
  const isReal = endpoint === undefined || endpoint === '';
  if (isReal && ci !== undefined && ci !== '' && ci !== 'false') {
    const next = 'Run it by hand, or set AWS_ENDPOINT_URL to an endpoint that costs nothing.';
    return refuse('CI is set: this costs money and takes most of an hour.', next);
  }
  if (account === undefined || !/^\d{12}$/.test(account)) {
    const next = `Set ${CONFIRMATION} to the id of an account that may be played with (12 digits).`;
    return refuse('Nobody said in which account.', next);
  }
  const speed = Number(env['HEADGATE_SMOKE_SPEED'] ?? 5);
  if (!(speed >= 1)) {
    return refuse('HEADGATE_SMOKE_SPEED is no speed.', 'Set a number of 1 or more; 5 is usual.');
  }
  const ours = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[0].startsWith('AWS_') && entry[1] !== undefined,
  );
  const environment = { ...Object.fromEntries(ours), AWS_REGION: 'us-east-1' };
  const edgeEndpoint = env['HEADGATE_EDGE_ENDPOINT'];
  return { kind: 'go', account, environment, speed, isReal, edgeEndpoint };
}

function refuse(why: string, next: string): Refused {
  return { kind: 'refused', why, next };
}

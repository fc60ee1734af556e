import { say, type Answer, type Meet } from './network.ts';

type Fault = (s3: Parameters<Meet>[1]) => Promise<Answer>;

/** What a publish is expected to get over, each met once. */
const PASSING = {
  'the connection breaks before S3 has the request': async () => 'cut',
  'the answer is lost after it took effect': async (s3) => {
    await s3();
    return 'cut';
  },
  'S3 answers 500': async () => say(500, 'InternalError'),
  'S3 answers 503': async () => say(503, 'SlowDown'),
} as const satisfies Record<string, Fault>;

/** Each kind at a request of its own, a part of the build apart; the first at this one. */
export function meetAll(index: number, requests: number): Meet {
  const kinds: readonly Fault[] = Object.values(PASSING);
  const places = kinds.map((_, nth) => Math.floor((nth * requests) / kinds.length));
  const faults = new Map(
    kinds.map((fault, nth) => [(index + (places[nth] ?? 0)) % requests, fault]),
  );
  return (asked, s3) => (faults.get(asked.index) ?? ((pass) => pass()))(s3);
}

/** The first such request from this one on fails after S3 has said 200. */
export function failLate(index: number): Meet {
  let hasFailed = false;
  return async (asked, s3) => {
    if (hasFailed || asked.index < index || !asked.isLateToFail) return s3();
    hasFailed = true;
    return say(200, 'InternalError');
  };
}

/** The first has its say before the second. */
export function chain(first: Meet, second: Meet): Meet {
  return (asked, s3) => first(asked, () => second(asked, s3));
}

/**
 * From this request on S3 takes none of the credentials that were there at the start. 400, and not 403 as other
 * services say: documented, and observed elsewhere (HADOOP-18353).
 */
export function expireAt(index: number): Meet {
  return async (asked, s3) =>
    asked.index >= index && asked.renewals === 0 ? say(400, 'ExpiredToken') : s3();
}

/**
 * What S3 sees of a run that dies when S3 has carried out this request, -1: before the first. The process itself
 * lives on, and hears that it may do nothing any more, which it doesn't try again.
 */
export function dieAfter(index: number): Meet {
  return async (asked, s3) => {
    if (asked.index < index) return s3();
    if (asked.index === index) await s3();
    return say(403, 'AccessDenied');
  };
}

/** Holds a run at this request, and whatever comes after it, while something else happens. */
export function holdAt(index: number, meanwhile: () => Promise<unknown>): Meet {
  let over: Promise<unknown> | undefined;
  return async (asked, s3) => {
    if (asked.index >= index) await (over ??= meanwhile());
    return s3();
  };
}

/** Everything that `headgate doctor` may find: the one list, which policies/doctor.md is held to. */

/** `unsafe`: releases or rollbacks can go wrong. `warning`: it works, and will bite. `note`: to know. */
export type Severity = 'unsafe' | 'warning' | 'note';

interface Entry {
  readonly severity: Severity;
  /** What it means, one sentence for the docs. */
  readonly means: string;
}

const unsafe = (means: string): Entry => ({ severity: 'unsafe', means });
const warning = (means: string): Entry => ({ severity: 'warning', means });
const note = (means: string): Entry => ({ severity: 'note', means });

/** By theme, in the order that they are printed in. */
export const CATALOGUE = {
  credentials: {
    'credentials-refused': unsafe('There are no AWS credentials, or AWS takes them no more.'),
    'clock-skew': warning("This machine's clock is more than a minute from that of AWS."),
    'global-token': warning(
      'The session token looks like one of the global STS endpoint; the KeyValueStore signs with SigV4A, for which AWS asks for regional ones.',
    ),
    'global-endpoint': warning(
      'AWS_STS_REGIONAL_ENDPOINTS=legacy asks the global STS endpoint, whose tokens the KeyValueStore may not take.',
    ),
    'permission-missing': warning(
      'IAM says that these credentials, or those of `--role`, may not do what a release does.',
    ),
    unreadable: warning('Something could not be read, so nobody knows whether it is right.'),
  },
  trust: {
    'role-trusts-any': unsafe(
      "A role's trust in GitHub has a wildcard in `sub`, or doesn't look at it at all.",
    ),
    'role-lacks-audience': warning(
      "A role's trust in GitHub doesn't ask for the audience: the identity provider alone does.",
    ),
    'role-trusts-other': unsafe('A role trusts a repository that the policies do not name.'),
    'role-unguarded': warning(
      'A role trusts EventBridge without saying for which account it works.',
    ),
    'role-missing': unsafe('A role that the stack made, and that releases need, is gone.'),
    'role-unseen': note('No role has the name that bootstrap gives it: it may have another one.'),
    'group-shared': warning(
      'Builds of pull requests and customers share an edge group: its store, its functions and its keys.',
    ),
  },
  bucket: {
    'bucket-missing': unsafe('There is no such bucket in this account.'),
    'bucket-elsewhere': unsafe('The bucket is in another region than the policy says.'),
    'bucket-public': unsafe('The bucket policy lets everybody in.'),
    'public-access-open': warning("The bucket doesn't block public access."),
    'bucket-policy-unclear': warning(
      'The bucket policy has what the doctor does not evaluate, so it is not judged.',
    ),
    'bucket-kms': warning(
      'The bucket encrypts with KMS: without a grant of the key a distribution reads nothing.',
    ),
    'bucket-acls': warning("The bucket allows ACLs: a file may be somebody else's."),
    'overwrite-allowed': note('The bucket policy lets those who may write overwrite builds.'),
    'read-missing': unsafe('A distribution may not read builds, pool or pages.'),
    'list-missing': warning('A distribution may not list: missing files are 403 instead of 404.'),
    'private-readable': unsafe(
      'A distribution may read records, settings, manifests or edge code: visitors may, too.',
    ),
    'untrusted-readable': unsafe(
      'A distribution that serves customers may read builds of pull requests.',
    ),
    'lifecycle-expires': unsafe('A lifecycle rule deletes what routes and records need.'),
    'lifecycle-archives': unsafe(
      'A lifecycle rule moves files to a class that S3 serves only after a restore.',
    ),
    'uploads-kept': note('No lifecycle rule takes away parts of uploads that nobody finished.'),
  },
  distribution: {
    'distribution-missing': unsafe('There is no such distribution in this account.'),
    'distribution-disabled': unsafe('The distribution is disabled.'),
    'distribution-in-progress': note('A change of the distribution is still on its way.'),
    'host-missing': unsafe('The distribution does not answer for a host of the policy.'),
    'hosts-waiting': warning('The distribution has no host names yet, for want of a certificate.'),
    'pool-differs': unsafe('Pooled behaviours and the pool of the policy differ.'),
    'behaviours-differ': unsafe(
      'A behaviour has the wrong bucket or origin path, or an exclude stands behind an include.',
    ),
    'foreign-function': unsafe("A behaviour runs somebody else's viewer function."),
    'untrusted-reachable': unsafe(
      'Origins reach builds of pull requests where they must not, or miss them where they must.',
    ),
    'origin-unsigned': warning(
      'The bucket is asked without origin access control, or an identity.',
    ),
    'control-unfit': unsafe('The origin access control never signs, or is for other origins.'),
    'control-yields': warning(
      'The origin access control does not sign what comes with an Authorization header.',
    ),
    'certificate-expires': unsafe(
      'The certificate of a host expires within 7 days (or a sixth of its time), or has.',
    ),
    'certificate-expires-soon': warning(
      'The certificate of a host expires within 30 days (or a third of its time).',
    ),
    'certificate-other': unsafe('Visitors of a host get a certificate of other hosts.'),
    'certificate-unseen': note(
      'There was no TLS handshake, or a proxy answered it, so nobody looked at the certificate.',
    ),
    'tls-old': warning('The distribution takes visitors with TLS older than 1.2.'),
    'tls-dedicated': note('The distribution pays for IP addresses of its own.'),
    'versions-off': note('HTTP/2, HTTP/3 or IPv6 is off.'),
    'root-listed': unsafe('The distribution shows what is in the bucket at /.'),
    'plain-http': warning('A behaviour serves the bucket without TLS.'),
    'not-compressed': warning('A behaviour serves the bucket uncompressed.'),
    'security-headers': note('Answers lack the security headers that bootstrap sets.'),
    'api-missing': warning('A path of `setup.apis` does not lead to its server.'),
    'api-cached': unsafe(
      'The edge keeps what an API answers one visitor, for others: a minimum TTL, and no key of who asks.',
    ),
    'methods-missing': warning('A behaviour lets a server have no POST.'),
    'functions-missing': warning('A released environment has a behaviour without our functions.'),
    'function-differs': unsafe("What a function runs is not what Headgate's record says."),
    'function-store': unsafe('A function reads another KeyValueStore than the policy names.'),
  },
  caching: {
    'cookies-in-key': warning('Cookies are in the cache key: every visitor is a miss.'),
    'query-in-key': warning('Query strings are in the cache key: every campaign link is a miss.'),
    'headers-in-key': warning('Headers are in the cache key that have no meaning for builds.'),
    'no-minimum': warning(
      'The minimum TTL is below a minute: HTML, which browsers must ask for anew, is asked of S3 every time.',
    ),
    'maximum-short': warning('The maximum TTL is below a day: the edge asks S3 again and again.'),
    'errors-rewritten': unsafe(
      'The distribution turns 403 or 404 into a page: errors of APIs and missing files become HTML.',
    ),
    'errors-cached': warning('Answers of 403 or 404 are kept: a file that comes is not seen.'),
    'no-store-missing': warning('Errors go out without `no-store`: browsers may keep them.'),
    'cache-control-overridden': unsafe(
      'A response headers policy replaces the Cache-Control that files are stored with.',
    ),
  },
  release: {
    'record-unreadable': unsafe('An environment can not be read, so it can not be released.'),
    'plan-refuses': unsafe('`headgate plan` refuses the environment.'),
    'policy-unmet': warning(
      'The policy asks for what is not there: a build that is not published, keys that nobody made.',
    ),
    'served-incomplete': unsafe(
      'The manifest or the entry page of a build that visitors get is gone.',
    ),
    'rollback-not-ready': warning('The build that a rollback would go to is not whole.'),
    'lift-stale': note('A lift of the policy names a rollback that bars nothing any more.'),
    'keys-old': warning('Signing keys are older than the rotation that is asked of them.'),
  },
  parameters: {
    'parameter-type': unsafe('A parameter is no String, and SSM never changes a type.'),
    'parameter-label': unsafe(
      'The oldest of 100 versions has a label: SSM takes no new version until it is moved.',
    ),
    'parameter-label-soon': warning('A label will stop writes once 100 versions are reached.'),
    'parameter-advanced': note(
      'A parameter is of the advanced tier, which costs, for 1,000 bytes.',
    ),
  },
  alarms: {
    'alarm-missing': unsafe('There is no alarm of that name in that region.'),
    'alarm-without-data': warning('An alarm has had no data for a day: the guard waits for it.'),
    'alarm-firing': warning('An alarm is in ALARM: no rollout starts.'),
    'lane-missing': unsafe('The policies want a fast lane, and its function is not there.'),
    'lane-placeholder': unsafe('The fast lane has the code that bootstrap begins with.'),
    'lane-old': warning('The fast lane runs other code than this version of Headgate.'),
    'lane-differs': warning(
      'The fast lane has less time or memory than bootstrap gives it, or other variables.',
    ),
    'lane-throttled': unsafe('The fast lane has a reserved concurrency below 2.'),
    'alarm-undelivered': unsafe('No rule brings the alarm to the fast lane.'),
    'rule-disabled': warning('A rule of Headgate is disabled.'),
    'rule-without-target': warning('A rule of Headgate has no target.'),
    'rule-other-target': unsafe("A rule's target doesn't name what the policy says."),
    'schedule-missing': warning('No schedule wakes the fast lane for an app.'),
    'lane-uninvokable': unsafe('EventBridge may not invoke the function for a rule.'),
    'test-event-unmatched': note(
      'A rule lets no test event of the doctor through, so nothing was tried.',
    ),
    'test-event-lost': unsafe('A test event did not reach the fast lane within a minute.'),
    'log-unlimited': note('A log group keeps every line for ever, or will once it is there.'),
    'metric-filter-missing': note('Nothing counts what browsers report, for dashboards.'),
  },
  quotas: {
    'quota-near': warning('More than 80 % of a quota is used.'),
    'quota-reached': unsafe('A quota is used up: the next release that needs it fails.'),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Entry>>>>;

type Catalogue = typeof CATALOGUE;
export type Theme = keyof Catalogue;

/** Stable: scripts may go by it. */
export type FindingId = { [T in Theme]: keyof Catalogue[T] }[Theme];

/** Theme and severity of each id. */
export const ENTRIES: ReadonlyMap<string, Entry & { readonly theme: Theme }> = new Map(
  (Object.entries(CATALOGUE) as [Theme, Readonly<Record<string, Entry>>][]).flatMap(
    ([theme, entries]) =>
      Object.entries(entries).map(([id, entry]) => [id, { ...entry, theme }] as const),
  ),
);

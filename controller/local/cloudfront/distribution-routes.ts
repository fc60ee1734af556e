import { createHash } from 'node:crypto';
import { addVersion } from '../keyvaluestore/propagation.ts';
import { newTag } from '../keyvaluestore/tag.ts';
import { ACCOUNT_ID, ServiceError, type CloudClock, type ServiceResponse } from '../service.ts';
import {
  checkIfMatch,
  NO_CONTENT,
  pageOf,
  xmlAnswer,
  type Call,
  type Routes,
  type XmlTree,
} from './call.ts';
import { configOf, type DistributionRecord } from './distribution-records.ts';
import type { Invalidations } from './invalidations.ts';
import { checkConfig, type References } from './distribution-rules.ts';
import { checkQuantities, childOf, itemsOf, textOf, type XmlElement } from './xml.ts';

/** Everything an operation on distributions needs. */
type Registry = References & {
  readonly clock: CloudClock;
  readonly invalidations: Invalidations;
};

export function createDistributionRoutes(registry: Registry): Routes {
  const { distributions } = registry;
  return {
    POST: (call) => createDistribution(registry, call),
    GET: (call) => listDistributions(registry, call),
    'GET :id': ({ id }) => answerOne(registry, 200, find(registry, id)),
    'GET :id/config': ({ id }) => {
      const record = find(registry, id);
      const headers = { etag: record.tag };
      return xmlAnswer(200, 'DistributionConfig', { value: configOf(record), headers });
    },
    'PUT :id/config': (call) => {
      const record = find(registry, call.id);
      checkIfMatch(call, record.tag);
      return answerOne(registry, 200, save(registry, record, readConfig(registry, call)));
    },
    'DELETE :id': (call) => {
      const record = find(registry, call.id);
      checkIfMatch(call, record.tag);
      if (textOf(configOf(record), 'Enabled') === 'true' || !distributions.isDeployed(record)) {
        const message = 'The distribution must be disabled and Deployed before it is deleted.';
        throw new ServiceError(409, 'DistributionNotDisabled', message);
      }
      distributions.remove(record.id);
      return NO_CONTENT;
    },
  };
}

function createDistribution(registry: Registry, call: Call): ServiceResponse {
  const config = readConfig(registry, call);
  refuseSecondCreate(registry, config);
  return answerOne(registry, 201, save(registry, newDistribution(), config));
}

function listDistributions({ distributions }: Registry, call: Call): ServiceResponse {
  const value = pageOf(call, distributions.values(), {
    idOf: ({ id }) => id,
    as: 'DistributionSummary',
    item: (record) => summarize(record, distributions.isDeployed(record)),
  });
  return xmlAnswer(200, 'DistributionList', { value });
}

function find({ distributions }: Registry, id: string): DistributionRecord {
  const record = distributions.get(id);
  if (record !== undefined) return record;
  throw new ServiceError(404, 'NoSuchDistribution', 'The specified distribution does not exist.');
}

function readConfig(registry: Registry, call: Call): XmlElement {
  const config = call.body();
  checkQuantities(config);
  checkConfig(config, registry, call.id);
  return withDefaults(config);
}

function save(
  { distributions, clock }: Registry,
  record: Omit<DistributionRecord, 'tag'>,
  config: XmlElement,
): DistributionRecord {
  const version = { at: clock.now().getTime(), value: config };
  const history = addVersion(record.history, version, distributions.horizon());
  const saved = { ...record, tag: newTag('E'), history };
  distributions.set(saved.id, saved);
  return saved;
}

function answerOne(
  { distributions, invalidations }: Registry,
  status: number,
  record: DistributionRecord,
): ServiceResponse {
  const head = renderHead(record, distributions.isDeployed(record));
  return xmlAnswer(status, 'Distribution', {
    value: {
      ...head,
      InProgressInvalidationBatches: invalidations
        .of(record.id)
        .filter((one) => !invalidations.isCompleted(one)).length,
      ActiveTrustedSigners: { Enabled: false, ...EMPTY },
      ActiveTrustedKeyGroups: { Enabled: false, ...EMPTY },
      DistributionConfig: configOf(record),
    },
    headers: { etag: record.tag, ...(status === 201 ? { location: record.id } : {}) },
  });
}

function newDistribution(): Omit<DistributionRecord, 'tag'> {
  const id = newTag('E');
  const name = createHash('sha256').update(id).digest('hex').slice(0, 13);
  return {
    id,
    arn: `arn:aws:cloudfront::${ACCOUNT_ID}:distribution/${id}`,
    // Browsers resolve every name below localhost to this machine.
    domain: `d${name}.cloudfront.localhost`,
    history: [],
  };
}

function refuseSecondCreate({ distributions }: References, config: XmlElement): void {
  const reference = textOf(config, 'CallerReference');
  const earlier = distributions
    .values()
    .find((record) => textOf(configOf(record), 'CallerReference') === reference);
  if (earlier === undefined) return;
  const message = `The caller reference was used already, for ${earlier.id}.`;
  throw new ServiceError(409, 'DistributionAlreadyExists', message);
}

const EMPTY = { Quantity: '0' };
const READ_METHODS = { Quantity: '2', Items: { Method: ['HEAD', 'GET'] } };

/** CloudFront answers with lists and methods that the request left out. */
function withDefaults(config: XmlElement): XmlElement {
  const fill = (behaviour: XmlElement): XmlElement => ({
    FunctionAssociations: EMPTY,
    LambdaFunctionAssociations: EMPTY,
    AllowedMethods: { ...READ_METHODS, CachedMethods: READ_METHODS },
    ...behaviour,
  });
  const ordered = itemsOf(childOf(config, 'CacheBehaviors'), 'CacheBehavior').map(fill);
  return {
    Aliases: EMPTY,
    CustomErrorResponses: EMPTY,
    DefaultRootObject: '',
    OriginGroups: EMPTY,
    ...config,
    CacheBehaviors:
      ordered.length === 0
        ? EMPTY
        : { Quantity: String(ordered.length), Items: { CacheBehavior: ordered } },
    DefaultCacheBehavior: fill(childOf(config, 'DefaultCacheBehavior')),
  };
}

function summarize(record: DistributionRecord, isDeployed: boolean): XmlTree {
  const { CallerReference: _, DefaultRootObject: __, ...shown } = configOf(record);
  return { ...renderHead(record, isDeployed), ETag: record.tag, ...shown };
}

function renderHead(
  { id, arn, domain, history }: DistributionRecord,
  isDeployed: boolean,
): XmlTree {
  return {
    Id: id,
    ARN: arn,
    Status: isDeployed ? 'Deployed' : 'InProgress',
    LastModifiedTime: new Date(history.at(-1)?.at ?? 0).toISOString(),
    DomainName: domain,
  };
}

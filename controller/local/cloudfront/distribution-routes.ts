import { createHash } from 'node:crypto';
import { addVersion } from '../keyvaluestore/propagation.ts';
import { newTag } from '../keyvaluestore/tag.ts';
import { ACCOUNT_ID, ServiceError, type CloudClock, type ServiceResponse } from '../service.ts';
import { checkIfMatch, NO_CONTENT, pageOf, xmlAnswer, type Call, type Routes, type XmlTree } from './call.ts';
import { configOf, type DistributionRecord } from './distribution-records.ts';
import { checkConfig, type References } from './distribution-rules.ts';
import { checkQuantities, childOf, itemsOf, textOf, type XmlElement } from './xml.ts';

export function createDistributionRoutes(references: References, clock: CloudClock): Routes {
  const { distributions } = references;
  const find = (id: string): DistributionRecord => {
    const record = distributions.get(id);
    if (record !== undefined) return record;
    throw new ServiceError(404, 'NoSuchDistribution', 'The specified distribution does not exist.');
  };
  const readConfig = (call: Call, id?: string): XmlElement => {
    const config = call.body();
    checkQuantities(config);
    checkConfig(config, references, id);
    return withDefaults(config);
  };
  const save = (record: Omit<DistributionRecord, 'tag'>, config: XmlElement) => {
    const version = { at: clock.now().getTime(), value: config };
    const history = addVersion(record.history, version, distributions.horizon());
    const saved = { ...record, tag: newTag('E'), history };
    distributions.set(saved.id, saved);
    return saved;
  };
  const answerOne = (status: number, record: DistributionRecord): ServiceResponse =>
    xmlAnswer(status, 'Distribution', {
      value: renderDistribution(record, distributions.isDeployed(record)),
      headers: { etag: record.tag, ...(status === 201 ? { location: record.id } : {}) },
    });
  return {
    POST: (call) => {
      const config = readConfig(call);
      refuseSecondCreate(references, config);
      return answerOne(201, save(newDistribution(), config));
    },
    GET: (call) => {
      const value = pageOf(call, distributions.values(), {
        idOf: ({ id }) => id,
        as: 'DistributionSummary',
        item: (record) => summarize(record, distributions.isDeployed(record)),
      });
      return xmlAnswer(200, 'DistributionList', { value });
    },
    'GET :id': ({ id }) => answerOne(200, find(id)),
    'GET :id/config': ({ id }) => {
      const record = find(id);
      const headers = { etag: record.tag };
      return xmlAnswer(200, 'DistributionConfig', { value: configOf(record), headers });
    },
    'PUT :id/config': (call) => {
      const record = find(call.id);
      checkIfMatch(call, record.tag);
      return answerOne(200, save(record, readConfig(call, record.id)));
    },
    'DELETE :id': (call) => {
      const record = find(call.id);
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
    ...config,
    CacheBehaviors:
      ordered.length === 0
        ? EMPTY
        : { Quantity: String(ordered.length), Items: { CacheBehavior: ordered } },
    DefaultCacheBehavior: fill(childOf(config, 'DefaultCacheBehavior')),
  };
}

function renderDistribution(record: DistributionRecord, isDeployed: boolean): XmlTree {
  return {
    ...renderHead(record, isDeployed),
    InProgressInvalidationBatches: 0,
    ActiveTrustedSigners: { Enabled: false, ...EMPTY },
    ActiveTrustedKeyGroups: { Enabled: false, ...EMPTY },
    DistributionConfig: configOf(record),
  };
}

function summarize(record: DistributionRecord, isDeployed: boolean): XmlTree {
  const { CallerReference: _, DefaultRootObject: __, ...shown } = configOf(record);
  return { ...renderHead(record, isDeployed), ...shown };
}

function renderHead({ id, arn, domain, history }: DistributionRecord, isDeployed: boolean): XmlTree {
  return {
    Id: id,
    ARN: arn,
    Status: isDeployed ? 'Deployed' : 'InProgress',
    LastModifiedTime: new Date(history.at(-1)?.at ?? 0).toISOString(),
    DomainName: domain,
  };
}

/** What AWS asks for in us-east-1, each price with where it was read. Free tiers, discounts and taxes are left out. */

export interface Price {
  /** For `per` of `unit`. */
  readonly dollars: number;
  readonly per: number;
  readonly unit: string;
  readonly source: string;
  /** Read on a page of AWS's own, or in what somebody else says of it. */
  readonly read: 'AWS' | 'quoted';
}

/** When the sources were looked up. They were stored copies: each may be older. */
export const READ_ON = '2026-11-22';

const MILLION = 1_000_000;
const EDGE_FUNCTIONS = 'https://awsnegotiations.com/cloudfront-functions-pricing.html';
const S3_REQUESTS = 'https://gist.github.com/cristiancmello/07e9fb29a3cbce6fa2055290ec04c78a';
const KEY_VALUE_STORE = 'https://github.com/anomalyco/sst/issues/5720';
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';
const DYNAMO = 'https://airbyte.com/data-engineering-resources/dynamodb-pricing';

export const PRICES = {
  request: quoted(
    0.01,
    [10_000, 'HTTPS requests to CloudFront, US and Europe'],
    'https://www.factualminds.com/blog/amazon-cloudfront-pricing-regional-tiers-requests-security/',
  ),
  functionRun: quoted(
    0.1,
    [MILLION, 'runs of CloudFront Functions'],
    'https://cur.vantage.sh/aws/amazoncloudfront/',
  ),
  storeRead: quoted(0.03, [MILLION, 'reads of a KeyValueStore by functions'], KEY_VALUE_STORE),
  storeCall: quoted(1, [1000, 'calls of the KeyValueStore API'], KEY_VALUE_STORE),
  edgeRun: quoted(0.6, [MILLION, 'runs of Lambda@Edge'], EDGE_FUNCTIONS),
  edgeGigabyteSecond: quoted(0.000_050_01, [1, 'GB-second of Lambda@Edge'], EDGE_FUNCTIONS),
  put: quoted(0.005, [1000, 'PUT, COPY or LIST of S3'], S3_REQUESTS),
  get: quoted(0.0004, [1000, 'GET or HEAD of S3'], S3_REQUESTS),
  storage: quoted(0.023, [1, 'GB a month in S3 Standard'], 'https://deepeshsoni.com/archives/256'),
  alarm: quoted(
    0.1,
    [1, 'alarm a month, on one metric of standard resolution'],
    'https://github.com/infracost/infracost/pull/235',
  ),
  alarmCall: quoted(
    0.01,
    [1000, 'calls of CloudWatch, such as DescribeAlarms'],
    'https://github.com/nishinoshake/aws-rough/issues/37',
  ),
  metric: quoted(
    0.3,
    [1, "metric of one's own a month"],
    'https://signoz.io/guides/cloudwatch-pricing',
  ),
  logs: quoted(
    0.5,
    [1, 'GB into CloudWatch Logs'],
    'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
  ),
  lambdaRun: byAws(0.2, [MILLION, 'runs of Lambda'], LAMBDA),
  lambdaGigabyteSecond: byAws(0.000_016_67, [1, 'GB-second of Lambda'], LAMBDA),
  tableRead: quoted(0.125, [MILLION, 'read units of DynamoDB on demand'], DYNAMO),
  tableWrite: quoted(
    0.625,
    [MILLION, 'write units of DynamoDB on demand, in each region of a global table'],
    DYNAMO,
  ),
  parameter: byAws(
    0,
    [1, 'standard parameter of SSM, at the default throughput'],
    'https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-throughput.html',
  ),
  serviceEvent: quoted(
    0,
    [1, 'event of an AWS service on the default bus of EventBridge'],
    'https://www.factualminds.com/blog/amazon-eventbridge-pricing-events-pipes-schema-archive/',
  ),
} as const satisfies Record<string, Price>;

export type Item = keyof typeof PRICES;

/** How many of each are bought. */
export type Bill = Readonly<Partial<Record<Item, number>>>;

/** `{ put: 2000, get: 5000 }` -> 0.012. */
export function priceBill(bill: Bill): number {
  return listItems(bill).reduce((sum, [item, count]) => {
    const { dollars, per } = PRICES[item];
    return sum + (count * dollars) / per;
  }, 0);
}

function listItems(bill: Bill): readonly (readonly [Item, number])[] {
  // Object.entries forgets which names there are; the type of `bill` knows.
  return Object.entries(bill) as [Item, number][];
}

function quoted(dollars: number, [per, unit]: readonly [number, string], source: string): Price {
  return { dollars, per, unit, source, read: 'quoted' };
}

function byAws(dollars: number, [per, unit]: readonly [number, string], source: string): Price {
  return { dollars, per, unit, source, read: 'AWS' };
}

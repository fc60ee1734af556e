/** One of every type of resource, as the template of Headgate has them. */

const Tags = [{ Key: 'headgate:stack', Value: 'headgate' }];
export const BUCKET = 'acme-builds';
const DOMAIN = `${BUCKET}.s3.us-east-1.amazonaws.com`;
const ALLOW = { Version: '2012-10-17', Effect: 'Allow' };

function documentOf(statement: object) {
  const { Version, Effect } = ALLOW;
  return { Version, Statement: [{ Effect, ...statement }] };
}

const STORAGE = {
  Bucket: {
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'Retain',
    Properties: {
      BucketName: BUCKET,
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      VersioningConfiguration: { Status: 'Suspended' },
      LifecycleConfiguration: {
        Rules: [{ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }],
      },
      Tags,
    },
  },
  Policy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: { Ref: 'Bucket' },
      PolicyDocument: documentOf({
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: 's3:GetObject',
        Resource: { 'Fn::Join': ['/', [{ 'Fn::GetAtt': 'Bucket.Arn' }, 'shop/builds/*']] },
        Condition: {
          StringEquals: {
            'AWS:SourceArn': {
              'Fn::Sub': 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}',
            },
          },
        },
      }),
    },
  },
  Table: {
    Type: 'AWS::DynamoDB::GlobalTable',
    DeletionPolicy: 'Retain',
    Properties: {
      TableName: 'headgate-sessions',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-central-1' }],
    },
  },
};

const CACHE_KEY = {
  EnableAcceptEncodingGzip: true,
  EnableAcceptEncodingBrotli: true,
  HeadersConfig: { HeaderBehavior: 'none' },
  CookiesConfig: { CookieBehavior: 'none' },
  QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['v'] },
};

const S3_ORIGIN = {
  DomainName: DOMAIN,
  OriginAccessControlId: { Ref: 'Control' },
  S3OriginConfig: { OriginAccessIdentity: '' },
};
const BEHAVIOUR = { ViewerProtocolPolicy: 'redirect-to-https', CachePolicyId: { Ref: 'Cache' } };

const EDGE = {
  Control: {
    Type: 'AWS::CloudFront::OriginAccessControl',
    Properties: {
      OriginAccessControlConfig: {
        Name: 'headgate',
        OriginAccessControlOriginType: 's3',
        SigningBehavior: 'always',
        SigningProtocol: 'sigv4',
      },
    },
  },
  Cache: {
    Type: 'AWS::CloudFront::CachePolicy',
    Properties: {
      CachePolicyConfig: {
        Name: 'headgate-app',
        MinTTL: 86_400,
        DefaultTTL: 86_400,
        MaxTTL: 31_536_000,
        ParametersInCacheKeyAndForwardedToOrigin: CACHE_KEY,
      },
    },
  },
  Headers: {
    Type: 'AWS::CloudFront::ResponseHeadersPolicy',
    Properties: {
      ResponseHeadersPolicyConfig: {
        Name: 'headgate-headers',
        CustomHeadersConfig: {
          Items: [{ Header: 'cache-control', Value: 'no-store', Override: false }],
        },
        SecurityHeadersConfig: { ContentTypeOptions: { Override: true } },
      },
    },
  },
  Store: {
    Type: 'AWS::CloudFront::KeyValueStore',
    Properties: { Name: 'headgate-prod', Comment: 'routes' },
  },
  Site: {
    Type: 'AWS::CloudFront::Distribution',
    DependsOn: 'Bucket',
    Properties: {
      DistributionConfig: {
        Enabled: true,
        HttpVersion: 'http2and3',
        IPV6Enabled: true,
        Aliases: ['shop.localhost'],
        ViewerCertificate: {
          AcmCertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/shop',
          SslSupportMethod: 'sni-only',
          MinimumProtocolVersion: 'TLSv1.2_2021',
        },
        Origins: [
          { ...S3_ORIGIN, Id: 'builds' },
          { ...S3_ORIGIN, Id: 'pool', OriginPath: '/shop/pool' },
          {
            Id: 'api',
            DomainName: 'api.example.com',
            CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
          },
        ],
        OriginGroups: {
          Quantity: 1,
          Items: [
            {
              Id: 'both',
              FailoverCriteria: { StatusCodes: { Quantity: 2, Items: [403, 404] } },
              Members: { Quantity: 2, Items: [{ OriginId: 'pool' }, { OriginId: 'builds' }] },
            },
          ],
        },
        DefaultCacheBehavior: {
          ...BEHAVIOUR,
          TargetOriginId: 'builds',
          ResponseHeadersPolicyId: { Ref: 'Headers' },
        },
        CacheBehaviors: [{ ...BEHAVIOUR, PathPattern: '/assets/*', TargetOriginId: 'both' }],
        CustomErrorResponses: [{ ErrorCode: 404, ErrorCachingMinTTL: 0 }],
      },
      Tags,
    },
  },
};

const WATCH = {
  Logs: {
    Type: 'AWS::Logs::LogGroup',
    DeletionPolicy: 'Retain',
    Properties: { LogGroupName: '/headgate', RetentionInDays: 30 },
  },
  Filter: {
    Type: 'AWS::Logs::MetricFilter',
    Properties: {
      FilterName: 'errors',
      LogGroupName: { Ref: 'Logs' },
      FilterPattern: '[id, tag=headgate, build]',
      MetricTransformations: [
        {
          MetricName: 'Errors',
          MetricNamespace: 'Headgate',
          MetricValue: '1',
          Dimensions: [{ Key: 'Build', Value: '$build' }],
        },
      ],
    },
  },
  Alarm: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: 'shop-errors',
      Namespace: 'Headgate',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'Distribution', Value: { Ref: 'Site' } }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    },
  },
  Either: {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: { AlarmName: 'shop', AlarmRule: { 'Fn::Sub': 'ALARM("${Alarm}")' } },
  },
};

export const FUNCTION = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: 'headgate-fast-lane',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: 'exports.handler = async () => { throw new Error("not yet"); };' },
    Architectures: ['arm64'],
  },
};

const ACTS = {
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'headgate-fast-lane',
      AssumeRolePolicyDocument: documentOf({
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
      Policies: [
        {
          PolicyName: 'headgate',
          PolicyDocument: documentOf({
            Action: 's3:GetObject',
            Resource: { 'Fn::Sub': '${Bucket.Arn}/*' },
          }),
        },
      ],
    },
  },
  Provider: {
    Type: 'AWS::IAM::OIDCProvider',
    Properties: {
      Url: 'https://token.actions.githubusercontent.com',
      ClientIdList: ['sts.amazonaws.com'],
    },
  },
  Function: FUNCTION,
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'headgate-schedule',
      ScheduleExpression: 'rate(1 minute)',
      State: 'DISABLED',
      Targets: [{ Id: 'fast-lane', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] } }],
    },
  },
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { Ref: 'Function' },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
    },
  },
};

export const EVERY_TYPE = { ...STORAGE, ...EDGE, ...WATCH, ...ACTS };

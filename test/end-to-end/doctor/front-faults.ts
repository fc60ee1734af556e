import {
  CreateOriginAccessControlCommand,
  DeleteOriginAccessControlCommand,
  type DistributionConfig,
  type OriginAccessControlConfig,
} from '@aws-sdk/client-cloudfront';
import { byDefault, changed } from './change.ts';
import type { Fault } from './fault.ts';
import type { Patient } from './patient.ts';

/** Every origin with an origin access control that is not as it should be. */
const controlled =
  (edit: Partial<OriginAccessControlConfig>) =>
  async (patient: Patient): Promise<() => Promise<unknown>> => {
    const { cloudFront } = patient.clients;
    const made = await cloudFront.send(
      new CreateOriginAccessControlCommand({
        OriginAccessControlConfig: {
          Name: 'planted',
          OriginAccessControlOriginType: 's3',
          SigningBehavior: 'always',
          SigningProtocol: 'sigv4',
          ...edit,
        },
      }),
    );
    const Id = made.OriginAccessControl!.Id!;
    const undo = await patient.change((config) => ({
      ...config,
      Origins: {
        ...config.Origins!,
        Items: config.Origins!.Items!.map((one) => ({ ...one, OriginAccessControlId: Id })),
      },
    }));
    return async () => {
      await undo();
      await cloudFront.send(new DeleteOriginAccessControlCommand({ Id, IfMatch: made.ETag }));
    };
  };

type Certificate = NonNullable<DistributionConfig['ViewerCertificate']>;

const withCertificate = (edit: Partial<Certificate>) =>
  changed((config) => ({ ...config, ViewerCertificate: { ...config.ViewerCertificate, ...edit } }));

export const FRONT_FAULTS: readonly Fault[] = [
  {
    id: 'origin-unsigned',
    ...changed((config) => ({
      ...config,
      Origins: {
        ...config.Origins!,
        Items: config.Origins!.Items!.map((one) => ({ ...one, OriginAccessControlId: '' })),
      },
    })),
  },
  {
    id: 'control-unfit',
    says: /which never signs/,
    plant: controlled({ SigningBehavior: 'never' }),
  },
  {
    id: 'control-unfit',
    says: /which is for lambda/,
    plant: controlled({ OriginAccessControlOriginType: 'lambda' }),
  },
  { id: 'control-yields', plant: controlled({ SigningBehavior: 'no-override' }) },
  {
    id: 'tls-old',
    says: /with TLSv1\.1_2016/,
    ...withCertificate({ MinimumProtocolVersion: 'TLSv1.1_2016' }),
  },
  { id: 'tls-dedicated', ...withCertificate({ SSLSupportMethod: 'vip' }) },
  {
    id: 'versions-off',
    says: /no HTTP\/2, no HTTP\/3, no IPv6/,
    ...changed((config) => ({ ...config, HttpVersion: 'http1.1', IsIPV6Enabled: false })),
  },
  {
    id: 'root-listed',
    brings: ['functions-missing'],
    ...changed((config) => ({
      ...config,
      DefaultRootObject: '',
      DefaultCacheBehavior: {
        ...config.DefaultCacheBehavior!,
        FunctionAssociations: { Quantity: 0 },
      },
    })),
  },
  { id: 'plain-http', ...byDefault({ ViewerProtocolPolicy: 'allow-all' }) },
  { id: 'not-compressed', ...byDefault({ Compress: false }) },
];

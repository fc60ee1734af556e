import type { ServiceRequest } from '../../service.ts';
import { composeArn, nameByTarget, permission, textOf, type Input } from './permission.ts';

const onQuota =
  (action: string) =>
  (input: Input, { region }: ServiceRequest) => {
    const name = `${textOf(input['ServiceCode'])}/${textOf(input['QuotaCode'])}`;
    return [permission(`servicequotas:${action}`, composeArn('servicequotas', region, name))];
  };

const anywhere = (action: string) => () => [permission(`servicequotas:${action}`, '*')];

/** What requests to Service Quotas need. */
export const nameServiceQuotas = nameByTarget({
  GetServiceQuota: onQuota('GetServiceQuota'),
  GetAWSDefaultServiceQuota: anywhere('GetAWSDefaultServiceQuota'),
  ListServiceQuotas: anywhere('ListServiceQuotas'),
  ListAWSDefaultServiceQuotas: anywhere('ListAWSDefaultServiceQuotas'),
});

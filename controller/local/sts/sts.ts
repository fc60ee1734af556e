import { renderXml } from '../http/xml.ts';
import { ACCOUNT_ID, ServiceError, type Service } from '../service.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** STS, reduced to the question who is asking. */
export function createSts(): Service {
  return {
    protocol: 'query',
    signingNames: ['sts'],
    async handle(request) {
      const action = new URLSearchParams(request.body.toString('utf8')).get('Action');
      if (action !== 'GetCallerIdentity') {
        throw new ServiceError(400, 'InvalidAction', `Could not find operation ${action}.`);
      }
      const identity = {
        Arn: `arn:aws:iam::${ACCOUNT_ID}:user/local`,
        UserId: 'local',
        Account: ACCOUNT_ID,
      };
      const body = {
        GetCallerIdentityResult: identity,
        ResponseMetadata: { RequestId: request.requestId },
      };
      return {
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: renderXml('GetCallerIdentityResponse', body, NAMESPACE),
      };
    },
    renderError(error, request) {
      const body = {
        Error: { Type: 'Sender', Code: error.code, Message: error.message },
        RequestId: request.requestId,
      };
      return {
        status: error.status,
        headers: { 'content-type': 'text/xml' },
        body: renderXml('ErrorResponse', body, NAMESPACE),
      };
    },
  };
}

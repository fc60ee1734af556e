import { ACCOUNT_ID, type Caller, type Service, type ServiceRequest } from '../service.ts';
import { LOCAL_CREDENTIAL, LOCAL_KEY, type Credential } from './authorization.ts';

/** Knows who may ask what. */
export interface Guard {
  /** What is signed with this access key; undefined: nobody has it. */
  findCredential(accessKey: string): Credential | undefined;
  /** Throws what that service answers to somebody who may not ask that. */
  admit(asked: Asked): Caller;
}

export interface Asked {
  /** Undefined: the request needed no signature. */
  readonly credential: Credential | undefined;
  readonly signingName: string;
  readonly service: Service;
  readonly request: ServiceRequest;
}

/** Behind the key `local`: a user of the account who may do everything. */
export const ADMINISTRATOR: Caller = {
  arn: `arn:aws:iam::${ACCOUNT_ID}:user/local`,
  userId: 'local',
  may: () => true,
};

export const ADMINISTRATOR_ONLY: Guard = {
  findCredential: (accessKey) => (accessKey === LOCAL_KEY ? LOCAL_CREDENTIAL : undefined),
  admit: () => ADMINISTRATOR,
};

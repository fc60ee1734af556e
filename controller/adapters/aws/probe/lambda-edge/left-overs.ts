import { DeleteFunctionCommand, paginateListFunctions } from '@aws-sdk/client-lambda';
import { COMMENT } from '../edge-listings.ts';
import type { Listed, Listing } from '../listing.ts';

/** Their replicas stay at the edge for hours after the distribution went: a later run tries again. */
export const LAMBDA_EDGE_LISTINGS: readonly Listing[] = [
  {
    what: 'function of Lambda',
    parts: ['lambda-edge', 'lambda', 'rules'],
    async list({ lambda }) {
      const found: Listed[] = [];
      for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
        for (const { FunctionName, Description } of Functions) {
          if (FunctionName === undefined || Description !== COMMENT) continue;
          const remove = () => lambda.send(new DeleteFunctionCommand({ FunctionName }));
          found.push({ name: FunctionName, remove });
        }
      }
      return found;
    },
  },
];

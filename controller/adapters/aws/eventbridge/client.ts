import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { buildClientConfig } from '../client-config.ts';

export function createEventBridge(region?: string): EventBridgeClient {
  return new EventBridgeClient(buildClientConfig(region));
}

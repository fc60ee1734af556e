/** What `composeLambdaEdge` and the publisher put into the file. */

declare const HEADGATE_CONFIG: import('../contract/lambda-edge.ts').LambdaEdgeConfig;

declare const HEADGATE_FLOOR: import('../contract/route.ts').FloorTable;

/** The team's own viewer-request code. */
declare module 'headgate:before' {
  type Given = import('./event.ts').LambdaRequest | import('./event.ts').LambdaResponse;
  export function before(
    event: import('./event.ts').LambdaEvent,
  ): Given | undefined | Promise<Given | undefined>;
}

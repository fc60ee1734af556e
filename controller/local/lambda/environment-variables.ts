import * as z from 'zod';

/** Set by Lambda itself; a function that sets one of them is refused. */
const RESERVED = new Set(
  `_HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_EXECUTION_ENV
  AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_VERSION
  AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME
  AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR`
    .trim()
    .split(/\s+/),
);

const BYTES_LIMIT = 4096;

/** The `Environment` of a function: all variables together have 4 KB. */
export const Environment = z.strictObject({
  Variables: z
    .record(z.string().regex(/^[a-zA-Z]\w+$/), z.string())
    .default({})
    .superRefine((variables, context) => {
      const used = Object.keys(variables).filter((name) => RESERVED.has(name));
      if (used.length > 0) {
        const message = `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${used.join(', ')}`;
        context.addIssue({ code: 'custom', message });
      }
      const bytes = Buffer.byteLength(JSON.stringify(variables));
      if (bytes > BYTES_LIMIT) {
        const message = `Your environment variables exceeded the 4KB limit: they have ${bytes} bytes.`;
        context.addIssue({ code: 'custom', message });
      }
    }),
});

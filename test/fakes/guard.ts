/** A guard as if the policy said nothing but its alarms. */
export const GUARD = {
  noData: 'hold',
  needed: 1,
  coolDownSeconds: 0,
  deadlineSeconds: 86_400,
  breaker: { rollbacks: 3 },
} as const;

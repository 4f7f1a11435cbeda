/** How the state of a request looks. */
export const REQUEST_TONES = { waiting: 'warn', approved: 'good' } as Record<string, 'warn' | 'good' | undefined>;

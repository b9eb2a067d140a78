/** What moto does not know of this world, and the front answers. */
export interface Told {
  /** Percentiles of the duration of functions, ms; the same every day. Others were not called. */
  durations: Map<string, { p90: number; p99: number }>
  /** What REPORT lines of functions add up to, by name. */
  memory: Map<string, { memoryMB: number; maxUsedMB: number; calls: number; billedMs: number }>
  /** Limits of Lambda in the region. */
  concurrency: { concurrent: number; unreserved: number }
  /** What AWS will do to DB instances, by ARN; dates as AWS writes them. */
  maintenance: Map<string, { action: string; appliesAt: string }>
  /** End of standard support: `mysql 8.4` -> date. */
  support: Map<string, string>
  /** Days since secrets were read, by name; others never were. */
  secretsRead: Map<string, number>
  /** Days since access keys were used, by user. */
  keysUsed: Map<string, number>
  quotas: Map<string, ToldQuota[]>
}

export interface ToldQuota {
  code: string
  name: string
  limit: number
  defaultLimit: number
  metric: { namespace: string; name: string; dimensions: Readonly<Record<string, string>> }
}

export const nothingTold = (): Told => ({
  ...{ durations: new Map(), memory: new Map(), maintenance: new Map(), support: new Map() },
  ...{ secretsRead: new Map(), keysUsed: new Map(), quotas: new Map() },
  concurrency: { concurrent: 1_000, unreserved: 900 },
})

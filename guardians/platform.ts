import type { PairConfig } from '../core/catalog/schema-guardians.ts'
import { fault } from '../core/errors.ts'

/** What our own configuration, hooks and journal tell guardians that look beyond AWS. Real in infra/main, absent in a Lambda without it. */
export interface Platform {
  /** Each component with an active and a standby, as configured and as its health hooks answer now. */
  components(): Promise<PlatformComponent[]>
  /** Pairs of stores that must agree, as configured (`guardians.pairs`). */
  pairs(): readonly PairConfig[]
  /** Addresses whose certificates matter: `host:port`. */
  tlsEndpoints(): readonly { host: string; port: number; serverName?: string }[]
  /** Environment variables that the configuration names: credentials of stores. Never told to anybody. */
  environment(name: string): string | undefined
  /** What the scan before kept about a pair; absent: what needs an earlier scan is told as unknown. */
  memory?: PairMemory
}

/** One JSON value per pair of stores, kept from scan to scan. `fileMemory` keeps them in files. */
export interface PairMemory {
  /** Undefined: nothing was kept. */
  get(pair: string): Promise<unknown>
  put(pair: string, value: unknown): Promise<void>
}

/** What inventories of scope `platform` read. @throws fault `no-platform`: nothing may be taken as gone where nobody could look. */
export function needPlatform({ platform }: { platform: Platform | null }): Platform {
  if (platform === null) throw fault('no-platform')
  return platform
}

export interface PlatformComponent {
  id: string
  title: string
  /** Team or person that answers for it. */
  owner: string | null
  members: readonly PlatformMember[]
  /** Epoch ms of the last verified switch, real or drilled; null: never, as far as the journal reaches. Absent: no journal is at hand. */
  lastSwitchAt?: number | null
}

export interface PlatformMember {
  id: string
  site: string | null
  role: 'active' | 'standby' | 'fenced' | 'unknown'
  /** From its health hook. */
  version: string | null
  /** Null: it did not answer. */
  status: 'pass' | 'warn' | 'fail' | null
}

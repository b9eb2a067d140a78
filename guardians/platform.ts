import type { PairConfig } from '../core/catalog/schema-guardians.ts'

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
}

export interface PlatformComponent {
  id: string
  title: string
  /** Team or person that answers for it. */
  owner: string | null
  members: readonly PlatformMember[]
  /** Epoch ms of the last verified switch, real or drilled; null: never, as far as the journal reaches. */
  lastSwitchAt: number | null
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

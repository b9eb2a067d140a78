import type { AlertInput } from '../alerts/alert.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Clock } from '../clock.ts'
import type { Ingested, Journal } from '../journal/journal.ts'
import type { ControllerInfo } from '../journal/leader.ts'
import type { Log } from '../log.ts'
import type { StatusBoard } from '../probes/probe.ts'
import type { PlannedStep, Run } from '../runs/run.ts'

/** What the API needs of the rest of the house; composed in infra/main, faked in tests. */
export interface ApiPorts {
  catalog: Catalog
  journal: Journal
  status: StatusBoard
  clock: Clock
  log: Log
  tokens: TokenStore
  commands: Commands
  /** The one way in for alerts: batches, journals (T1), wakes the engine. Answers after commit. */
  ingest(alerts: readonly AlertInput[]): Promise<Ingested[]>
  /** A heartbeat of something that beats (probe kind `heartbeat`). */
  beat(member: string): void
  /** An agent told what happened to one of its processes. Answers after it is durable. */
  agentReport(agent: string, report: AgentReport): Promise<void>
  /** Nothing can be recorded now, so nothing is mended: it is not well, though it can still be asked. */
  cannotRecord?(): boolean
  /** The controllers that share this store. Absent: this one alone, which leads. */
  controllers?: {
    /** Whether this one leads now. */
    leads(): boolean
    /** As they were seen last, the leader first. */
    list(): Promise<readonly ControllerInfo[]>
  }
  /** Folder of the built board (index.html, assets), or null when it was not built. */
  boardFolder: string | null
  version: string
}

export interface AgentReport {
  member: string
  event: 'exited' | 'started' | 'restarted-locally'
  pid: number | null
  /** Exit code or signal, in words: "signal SIGKILL", "code 1". */
  detail: string
  at: number
}

export interface RunbookInfo {
  id: string
  title: string
  answers: string[]
  requires: string[]
  cooldownMs: number
  source: string
  steps: string[]
}

export interface CommandOptions {
  by: string
  dryRun?: boolean
  member?: string
  reason?: string
  /** Only to see that it works: refused unless all is well. */
  practice?: boolean
}

/** Orders by people. A refusal is an answer with its reason, not an error. */
export interface Commands {
  runbooks(): RunbookInfo[]
  /** `restart`, `failover`, `return-standby`, ... on a component; `unknown-action` when there is no such. */
  act(component: string, action: string, options: CommandOptions): Promise<CommandResult>
  runRunbook(runbook: string, component: string, options: CommandOptions): Promise<CommandResult>
  /** A person agrees to a run that waits. Throws `not-found`; `refused` when it was given up instead; `conflict` when it waits no more. */
  approve(run: string, by: string): Promise<Run>
  /** They do not: the next rung, or a page. Throws `not-found`, `conflict`. */
  decline(run: string, by: string, reason: string): Promise<Run>
}

export type CommandResult =
  | { kind: 'run'; run: Run }
  | { kind: 'plan'; runbook: string; steps: PlannedStep[]; reason: string }
  | { kind: 'refused'; code: string; reason: string }

export const apiRoles = ['viewer', 'responder', 'operator', 'admin', 'agent'] as const
export type ApiRole = (typeof apiRoles)[number]

/** Bearer tokens; only hashes are kept. */
export interface TokenStore {
  /** The token's role and name, or null. Constant time. */
  check(token: string): { name: string; role: ApiRole } | null
  /** The new token, told this once. Throws `conflict` when the name is taken. */
  create(name: string, role: ApiRole): Promise<string>
  /** All of them, the local one first. */
  list(): Promise<TokenInfo[]>
  /** It is good for nothing from now on. False: there is none. Throws `conflict` for the local one. */
  revoke(name: string): Promise<boolean>
  /** What was given for a token at `since` (epoch ms) still counts: that token is there, in that role, and not a later one of its name. */
  stands(name: string, role: ApiRole, since: number): boolean
}

export interface TokenInfo {
  name: string
  role: ApiRole
  /** Epoch ms; null for the local one, which is made on the first start. */
  createdAt: number | null
}

import type { Commands } from '../../core/api/ports.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import type { AndonId } from '../../core/ids.ts'
import type { Journal, JournalEvent, Page } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { StatusBoard } from '../../core/probes/probe.ts'
import type { Actor, Andon } from './andon.ts'

/** What the Andon needs of the house. No chat is among it: with Slack away, all of it works. */
export interface AndonPorts {
  catalog: Catalog
  journal: Journal
  status: StatusBoard
  clock: Clock
  log: Log
  /** Orders to runbooks by people: approve, retry. */
  commands: Commands
  environment(name: string): string | undefined
}

export interface PullInput {
  text: string
  /** Absent: guessed from the words and from what fires. */
  component?: string
  drill?: string | null
  private?: boolean
  /** Of an escalation. */
  incident?: string
  failure?: string
  /** Users do not feel it yet: nobody is called for it, and it waits in yellow. */
  unhurried?: boolean
  /** Known to be real: red at once, the page of the escalation calls the lead. */
  confirmed?: { reason: string; page: string | null }
  /** The same pull, sent again (a retried webhook, a double click), is the same andon. */
  key?: string
}

export interface Pulled {
  andon: Andon
  /** Another one was open for the same: this pull became evidence there. */
  joined: boolean
}

/** The one door: every surface (Slack, API, CLI, the engine, drills) comes through here. */
export interface AndonDesk {
  /** Durable when it answers. Never refused for its words: what is too long is cut, what is secret is masked. */
  pull(input: PullInput, actor: Actor): Promise<Pulled>
  /**
   * One command of `commands/`. Errors: `not-found` (andon or command), `bad-request` (input), `forbidden`, `refused` (state, with
   * the reason). An andon that was merged passes it on to the one that it was merged into.
   */
  command(id: AndonId, name: string, input: unknown, actor: Actor): Promise<Andon>
  /** Makes `from` part of `into`; the old one stays as a signpost. */
  merge(from: AndonId, into: AndonId, actor: Actor): Promise<Andon>
  /** A matter of its own, out of this one. */
  split(from: AndonId, text: string, component: string | undefined, actor: Actor): Promise<Andon>
  /** As it is, also when it was merged. */
  get(id: AndonId): Promise<Andon | null>
  /** Newest first. */
  list(filter: { open?: true; topic?: string }, page: Page): Promise<Andon[]>
  /** Its own entries and those of its incident, in order. */
  timeline(andon: Andon, after: number, limit: number): Promise<JournalEvent[]>
  /** Looks at what is due, and works from then on. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** The house itself, when nobody in particular did it. */
export const house: Actor = { id: 'jidoka', name: 'Jidoka', via: 'engine', locale: 'en', rank: 'approver' }

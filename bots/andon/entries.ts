import type { Entry } from '../../core/journal/context.ts'
import type { Json } from '../../core/runs/run.ts'
import type { Actor, Andon, KaizenItem, Locale, Person, RangeReading, Suspect } from './andon.ts'

/** Everything that can stand on the timeline of an andon: kind, and what it tells. `by` is whoever did it. */
export interface AndonEntries {
  'andon.pulled': {
    text: string
    by: Person
    via: string
    component: string | null
    drill: string | null
    private: boolean
    locale: Locale
  }
  'andon.joined': { text: string; by: Person; via: string; count: number }
  'andon.red': { reason: string; by: Person | null }
  'andon.call': { until: number; page: string; again: boolean }
  'andon.call-off': { page: string }
  'andon.role': { role: 'lead' | 'scribe' | 'comms'; person: Person | null; before: Person | null; by: Person; note: string | null }
  'andon.component': { component: string; before: string | null; by: Person }
  'andon.severity': { severity: number; by: Person }
  'andon.private': { private: boolean; by: Person }
  'andon.lane-opened': { lane: string; kind: string; title: string; by: Person | null }
  'andon.lane-taken': { lane: string; title: string; by: Person; dueAt: number }
  'andon.lane-report': { lane: string; title: string; text: string; by: Person }
  'andon.lane-done': { lane: string; title: string; outcome: string; by: Person }
  'andon.lane-room': { lane: string; title: string; by: Person }
  'andon.lane-room-stands': { lane: string; title: string; name: string | null; url: string | null }
  'andon.inquiry-sent': { inquiry: string; carrier: string; name: string; text: string; by: Person }
  'andon.inquiry-answered': { inquiry: string; name: string; text: string; by: Person }
  'andon.inquiry-closed': { inquiry: string; name: string; by: Person }
  'andon.inquiry-chase': { inquiry: string; name: string; times: number; owner: Person }
  'andon.update': { update: string; text: string; audience: string; by: Person }
  'andon.reminder': { about: 'update' | 'lane' | 'kaizen'; subject: string; text: string; person: Person | null }
  'andon.note': { text: string; by: Person; at: number; ref: string | null; files: { name: string; path: string; bytes: number }[] }
  'andon.note-changed': { ref: string; text: string | null; by: Person }
  'andon.snapshot': { first: boolean; summary: string; changed: string[] }
  'andon.suspects': { suspects: Suspect[] }
  'andon.range': { reading: RangeReading; first: boolean }
  'andon.told': { segment: string; by: Person }
  'andon.run': { run: string; what: 'started' | 'ended'; runbook: string; status: string; reason: string }
  'andon.ordered': { what: 'approve' | 'stop' | 'retry'; runbook: string | null; answer: string; by: Person }
  'andon.room': { name: string; url: string | null; kind: 'room' | 'thread' }
  'andon.merged': { into: string; by: Person }
  'andon.took-over': { from: string; by: Person }
  'andon.split': { into: string; text: string; by: Person }
  'andon.resolved': { how: string; cause: string | null; falseAlarm: boolean; by: Person; lastedMs: number }
  'andon.reopened': { why: string; by: Person }
  'andon.thanks': { to: string; by: Person }
  'andon.kaizen-added': { item: KaizenItem; by: Person }
  'andon.kaizen-done': { item: string; text: string; result: string; dropped: boolean; by: Person }
  'andon.keep': { by: Person; until: number }
  'andon.archived': { name: string | null }
}
export type AndonEntryKind = keyof AndonEntries

/** An entry, ready for the journal. */
export type AndonEntry = Entry & { kind: AndonEntryKind }

/** The only place where entries are made: each carries its andon, its component and its incident. */
export const entry = <Kind extends AndonEntryKind>(andon: Andon, kind: Kind, data: AndonEntries[Kind]): AndonEntry & { kind: Kind } => ({
  kind,
  component: andon.component?.id ?? null,
  incident: andon.incident,
  run: null,
  andon: andon.id,
  data: data as unknown as { [key: string]: Json },
})

export const personOf = ({ id, name }: Actor | Person): Person => ({ id, name })

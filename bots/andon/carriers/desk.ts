import type { CarrierConfig } from '../../../core/catalog/schema-andon.ts'
import { type Andon, ended, type Inquiry, limits } from '../andon.ts'
import type { CommandEnv, Refusal } from '../define.ts'
import { type AndonEntry, entry, personOf } from '../entries.ts'
import { newLane } from '../lanes.ts'
import { wordsOf } from '../words.ts'
import { deskFrom } from './hours.ts'

/** Asked again when they had their time; while nobody is at their desk, it does not run. */
export const chaseFrom = (carrier: CarrierConfig, now: number): number => deskFrom(carrier, now) + carrier.answersWithinMs

export const findInquiry = (andon: Andon, id: string): Inquiry | Refusal =>
  andon.inquiries.find((one) => one.id === id) ?? {
    refuse: `${andon.id} has no inquiry "${id}"`,
    hint:
      andon.inquiries.length > 0
        ? `It has ${andon.inquiries.map((one) => `${one.id} (${one.name})`).join(', ')}.`
        : 'Nobody was asked yet.',
  }

export const withInquiry = (andon: Andon, changed: Inquiry): Andon => ({
  ...andon,
  inquiries: andon.inquiries.map((one) => (one.id === changed.id ? changed : one)),
})

/** The lane for carriers, opened when there is none; a matter that has ended opens no lane any more. */
export function withCarrierLane(andon: Andon, env: CommandEnv): { next: Andon; tell: AndonEntry[] } {
  const there = andon.lanes.some(({ kind, status }) => kind === 'carrier' && status !== 'done')
  if (there || ended(andon) || andon.lanes.length >= limits.lanes) return { next: andon, tell: [] }
  const own = env.settings.lanes?.find(({ id }) => id === 'carrier')
  const title = (andon.locale === 'ja' ? own?.titleJa : undefined) ?? own?.title ?? wordsOf(andon.locale).lanes.carrier ?? 'carrier'
  const lane = newLane('carrier', title, env)
  const next = { ...andon, lanes: [...andon.lanes, lane] }
  return { next, tell: [entry(next, 'andon.lane-opened', { lane: lane.id, kind: lane.kind, title, by: personOf(env.actor) })] }
}

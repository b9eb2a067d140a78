import type { Actor, Andon } from '../andon.ts'

/**
 * A practice, one file each. What its people do are the commands that real people send; what happens around them is told to the
 * house. It is a drill from its first entry to its review, and nothing can make it real.
 */
export interface DrillScript {
  id: string
  title: string
  /** What is practised, in one line. */
  summary: string
  /** Who takes part; `people`: real ones, who do everything by themselves. */
  cast: 'played' | 'people'
  /** The words of the pull. */
  text: string
  acts: readonly Act[]
}

export interface Act {
  /** So long after the act before, at pace 1. */
  afterMs: number
  who: Part
  does: Doing
}
/** Parts of a cast; `house`: nobody in particular. */
export type Part = 'puller' | 'witness' | 'lead' | 'expert' | 'sales' | 'house'

/** What there is to play with. */
export interface Stage {
  cast: Record<Part, Actor>
  /** Ids of the carriers that can be asked. */
  carriers: readonly string[]
  now: number
}
export type Input = (andon: Andon, stage: Stage) => object | null

/** A command with its input, made from the andon as it is then; null: there is nothing to do. */
export type Doing =
  | { command: string; input?: Input }
  /** The chat is away from here on, or back. */
  | { chat: 'away' | 'back' }

export const defineDrill = (id: string, spec: Omit<DrillScript, 'id'>): DrillScript => ({ id, ...spec })

export const act = (afterMs: number, who: Part, command: string, input?: Input): Act => ({
  afterMs,
  who,
  does: { command, input },
})

/** The lane of a kind, as an input. */
export const lane =
  (kind: string, more: object = {}) =>
  (andon: Andon) => {
    const found = andon.lanes.find((one) => one.kind === kind && one.status !== 'done')
    return found ? { lane: found.id, ...more } : null
  }

/** So many days from now, as people write it: a day. */
export const inDays = ({ now }: Stage, days: number): string => new Date(now + days * 86_400_000).toISOString().slice(0, 10)

/** The answer of a carrier, or a chase, for the inquiry that is out. */
export const inquiry = (more: object) => (andon: Andon) => {
  const out = andon.inquiries.find(({ status }) => status === 'sent')
  return out ? { inquiry: out.id, ...more } : null
}

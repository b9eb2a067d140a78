import { z } from 'zod'
import { timeInput } from '../../core/api/wire.ts'
import { fault } from '../../core/errors.ts'
import type { Decision, Finding } from '../../guardians/desk.ts'
import type { Person } from '../andon/andon.ts'
import { refInput, wordsInput } from '../andon/inputs.ts'
import { clean } from '../andon/text.ts'
import type { DecisionKind, ItemDecision } from './review.ts'

/** What people may decide about one item. */
export const decisionInput = z.discriminatedUnion('decision', [
  z.strictObject({
    decision: z.literal('ask'),
    to: refInput.optional().describe('Person or team; default: the owner'),
    due: timeInput.optional().describe('Default: as guardians.askWithinMs says'),
    words: wordsInput().optional().describe('Said to them'),
  }),
  z.strictObject({ decision: z.literal('mute'), reason: wordsInput(500), until: timeInput }),
  z.strictObject({ decision: z.literal('wrong'), reason: wordsInput(500) }),
  z.strictObject({ decision: z.literal('fix') }),
  z.strictObject({ decision: z.literal('later'), words: wordsInput(500).optional() }),
])
export type DecisionInput = z.infer<typeof decisionInput>

const muteMostMs = 366 * 86_400_000

/** What it means for the finding; null: nothing, it comes back by itself. */
export function decisionOf(input: DecisionInput, now: number): Decision | null {
  switch (input.decision) {
    case 'ask': {
      const { to, due, words } = input
      if (due !== undefined && due <= now) throw fault('bad-request', { problems: 'due: this time has passed' })
      return {
        kind: 'ask',
        ...(to === undefined ? {} : { to }),
        ...(due === undefined ? {} : { dueAt: due }),
        ...(words === undefined ? {} : { words: clean(words) }),
      }
    }
    case 'mute':
      if (input.until <= now) throw fault('bad-request', { problems: 'until: this time has passed' })
      if (input.until > now + muteMostMs) throw fault('bad-request', { problems: 'until: at most a year; nothing is muted for ever' })
      return { kind: 'mute', reason: clean(input.reason, 500), until: input.until }
    case 'wrong':
      return { kind: 'wrong', reason: clean(input.reason, 500) }
    case 'fix':
      return { kind: 'fix' }
    case 'later':
      return null
  }
}

/** As it is kept in the minutes. `finding`: as it became by it. */
export function itemDecision(input: DecisionInput, by: Person, at: number, finding: Finding | null): ItemDecision {
  const none = { kind: input.decision, by, at, to: null, via: null, dueAt: null, until: null, words: null, runbook: null }
  switch (input.decision) {
    case 'ask':
      return {
        ...none,
        to: finding?.ask?.to ?? null,
        via: finding?.ask?.via ?? null,
        dueAt: finding?.ask?.dueAt ?? null,
        words: finding?.ask?.words ?? null,
      }
    case 'mute':
      return { ...none, until: input.until, words: clean(input.reason, 500) }
    case 'wrong':
      return { ...none, words: clean(input.reason, 500) }
    case 'fix':
      return { ...none, runbook: finding?.fix?.runbook ?? null }
    case 'later':
      return { ...none, words: input.words === undefined ? null : clean(input.words, 500) }
  }
}

/** What a finding tells of a decision that was under way when we ended; null: it was not made. */
export function madeMeanwhile(kind: DecisionKind, by: Person, since: number, finding: Finding): ItemDecision | null {
  const { ask, mute, wrong, fix } = finding
  const none = { kind, by, to: null, via: null, dueAt: null, until: null, words: null, runbook: null }
  const fits = (one: { by: string; at: number } | null) => one !== null && one.by === by.id && one.at >= since
  if (kind === 'ask' && ask && fits(ask)) return { ...none, at: ask.at, to: ask.to, via: ask.via, dueAt: ask.dueAt, words: ask.words }
  if (kind === 'mute' && mute && fits(mute)) return { ...none, at: mute.at, until: mute.until, words: mute.reason }
  if (kind === 'wrong' && wrong && fits(wrong)) return { ...none, at: wrong.at, words: wrong.reason }
  if (kind === 'fix' && fix && fits(fix) && !fix.dryRun) return { ...none, at: fix.at, runbook: fix.runbook }
  return null
}

import { dayMs } from '../../core/calendar.ts'
import { fault } from '../../core/errors.ts'
import type { Mint } from '../../core/ids.ts'
import type { Entry } from '../../core/journal/context.ts'
import type { Ask, Decision, Finding, FindingStatus, Who } from '../desk.ts'
import type { Owners } from './owner.ts'
import type { Kept } from './record.ts'
import { askData, tellOne } from './tell.ts'

/** What people decide about a finding. Pure: answers it as it then is and what the journal tells, or throws why not. */

export interface Deciding {
  now: number
  mint: Mint
  by: Who
  owners: Owners
  askWithinMs: number
}

export interface Decided {
  kept: Kept
  tell: Entry[]
}

/** A fix is not decided here: it asks a runbook. */
export type PureDecision = Exclude<Decision, { kind: 'fix' }>

/** The edges of the life told in desk.ts. */
const allowed: Record<PureDecision['kind'], readonly FindingStatus[]> = {
  ask: ['open', 'asked'],
  mute: ['open', 'asked', 'muted'],
  wrong: ['open', 'asked'],
  answer: ['asked'],
  reopen: ['asked', 'muted', 'wrong'],
}
const wanted: Record<PureDecision['kind'] | 'fix', string> = {
  ask: 'asked about',
  mute: 'muted',
  wrong: 'voted wrong',
  answer: 'answered',
  reopen: 'reopened',
  fix: 'fixed by a runbook',
}
const hints: Record<FindingStatus, string> = {
  open: 'Ask its owner, mute it, or say that the check is wrong.',
  asked: 'Its owner was asked; the next scan that covers it closes it when it is gone.',
  muted: 'Reopen it first.',
  wrong: 'Reopen it first.',
  fixed: 'It is back by itself when a scan sees it again.',
}
const longestDays = 400

export function refuse({ id, status }: Pick<Finding, 'id' | 'status'>, kind: Decision['kind']): never {
  throw fault('finding-decided', { id, status, wanted: wanted[kind], hint: hints[status] })
}

export function decided(kept: Kept, decision: PureDecision, env: Deciding): Decided {
  if (!allowed[decision.kind].includes(kept.status)) refuse(kept, decision.kind)
  switch (decision.kind) {
    case 'ask':
      return asked(kept, decision, env)
    case 'answer':
      return answered(kept, decision, env)
    case 'mute': {
      const { now: at, by } = env
      const { reason, until } = decision
      within('until', until, at)
      const told = tellOne('muted', kept, { by, reason, until })
      return {
        kept: { ...kept, status: 'muted', mute: { reason, by, at, until }, ask: null, decided: true },
        tell: [...withdrawn(kept, by), told],
      }
    }
    case 'wrong': {
      const { now: at, by } = env
      const { reason } = decision
      const told = tellOne('wrong', kept, { by, reason })
      const vote = { wrong: { reason, by, at }, voted: true, decided: true }
      return { kept: { ...kept, ...vote, status: 'wrong', ask: null }, tell: [...withdrawn(kept, by), told] }
    }
    case 'reopen': {
      const { by } = env
      const told = tellOne('reopened', kept, { by, reason: decision.reason, was: kept.status })
      // Who takes a vote back has not voted.
      const voted = kept.status === 'wrong' ? false : kept.voted
      return { kept: { ...kept, status: 'open', ask: null, mute: null, wrong: null, voted }, tell: [...withdrawn(kept, by), told] }
    }
  }
}

function asked(kept: Kept, { to, dueAt, words }: Extract<Decision, { kind: 'ask' }>, env: Deciding): Decided {
  const named = to === undefined ? null : env.owners.named(to)
  const { to: person, via } = named ?? env.owners.personFor(kept.owner)
  const due = dueAt ?? env.now + env.askWithinMs
  within('dueAt', due, env.now)
  const ask = newAsk(env, { to: person, via, dueAt: due, words: words ?? null })
  const told = tellOne('asked', kept, { ...askData(ask), by: env.by })
  const owner = named?.owner ?? kept.owner
  return { kept: { ...kept, status: 'asked', ask, owner, decided: true }, tell: [...withdrawn(kept, env.by), told] }
}

const newAsk = ({ mint, by, now }: Deciding, rest: Pick<Ask, 'to' | 'via' | 'dueAt' | 'words'>): Ask => ({
  ...{ id: mint('ask'), ...rest, by, at: now, answer: null, remindedAt: null, reminders: 0 },
})

function answered(kept: Kept, { answer: kind, words, dueAt, to }: Extract<Decision, { kind: 'answer' }>, env: Deciding): Decided {
  const { now, by } = env
  const before = kept.ask as Ask
  if (dueAt !== undefined) within('dueAt', dueAt, now)
  const answer = { kind, by, at: now, words: words ?? null }
  const ask: Ask = { ...before, answer, dueAt: kind === 'will-do' && dueAt !== undefined ? dueAt : before.dueAt }
  const told = tellOne('answered', kept, { ...askData(ask), answer: kind, by, words: words ?? null })
  if (kind !== 'not-mine' || to === undefined) return { kept: { ...kept, ask }, tell: [told] }
  // Whoever knows whose it is passes it on; the day it is due stays.
  const named = env.owners.named(to)
  const due = Math.max(before.dueAt, now + dayMs)
  const next = newAsk(env, { to: named.to, via: named.via, dueAt: due, words: words ?? before.words })
  return {
    kept: { ...kept, ask: next, owner: named.owner },
    tell: [told, tellOne('asked', kept, { ...askData(next), by })],
  }
}

/** An ask that nobody has to answer any more. One that was answered with `not-mine` or `disagree` is over already. */
const withdrawn = (kept: Kept, by: Who): Entry[] =>
  kept.status === 'asked' && kept.ask ? [tellOne('ask-withdrawn', kept, { ...askData(kept.ask), by })] : []

function within(field: string, at: number, now: number) {
  if (at <= now || at > now + longestDays * dayMs)
    throw fault('bad-request', { problems: `${field}: it must be within the next ${longestDays} days` })
}

/** A mute that is over, or a reminder that is due; null: neither. Pure. */
export function ticked(kept: Kept, now: number): Decided | null {
  const { status, mute, ask } = kept
  if (status === 'muted' && mute && mute.until <= now)
    return { kept: { ...kept, status: 'open', mute: null }, tell: [tellOne('unmuted', kept, { reason: mute.reason, by: mute.by })] }
  if (status !== 'asked' || !ask) return null
  const reminded = { ...ask, remindedAt: now, reminders: ask.reminders + 1 }
  const told = { ...askData(ask), reminders: reminded.reminders, overdue: ask.dueAt <= now }
  return { kept: { ...kept, ask: reminded }, tell: [tellOne('reminded', kept, told)] }
}

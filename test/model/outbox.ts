import type { Journal, OutboxChannel, OutboxEntry, OutboxMessage, Settlement } from '../../core/journal/journal.ts'
import { kept, type State, type Subject, tell } from './state.ts'

export function post(s: State, { channel, dedupe, incident, payload, lane = null, replaces = null }: OutboxMessage): void {
  if (lane !== null && replaces !== null)
    for (const one of s.outbox)
      if (one.channel === channel && one.lane === lane && one.replaces === replaces && one.attempts === 0) s.sent.add(one.id)
  if (s.dedupes.has(dedupe)) return
  s.dedupes.add(dedupe)
  const id = s.outbox.length + 1
  s.outbox.push({
    ...{ id, channel, dedupe, incident, payload: kept(payload), lane, replaces },
    ...{ attempts: 0, createdAt: s.clock.now(), nextAt: 0 },
  })
  if (channel === 'page') tell(s, 'page.queued', subjectOf({ incident, payload }), { dedupe })
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : null)

const subjectOf = ({ incident, payload }: Pick<OutboxMessage, 'incident' | 'payload'>): Subject => ({
  component: textOf(payload.component),
  incident,
  andon: textOf(payload.andon),
})

export const unsent = (s: State, channel: OutboxChannel): OutboxEntry[] =>
  s.outbox.filter((one) => one.channel === channel && !s.sent.has(one.id))

export function lanes(s: State, channel: OutboxChannel, limit: number): { lane: string; waiting: number }[] {
  const all = new Map<string | null, number>()
  for (const { lane } of unsent(s, channel)) all.set(lane, (all.get(lane) ?? 0) + 1)
  return [...all].slice(0, limit).flatMap(([lane, waiting]) => (lane === null ? [] : [{ lane, waiting }]))
}

export function settle(s: State, id: number, result: Settlement): void {
  const at = s.outbox.findIndex((one) => one.id === id)
  const found = s.outbox[at]
  if (!found || s.sent.has(id)) return
  const { dedupe, channel } = found
  const attempts = found.attempts + 1
  const subject = subjectOf(found)
  if (result.sent) {
    s.sent.add(id)
    refer(s, result.refs ?? {})
    if (channel === 'page') tell(s, 'page.sent', subject, { dedupe, attempts })
  } else if ('givenUp' in result) {
    s.sent.add(id)
    const { problem } = result
    tell(s, 'delivery.failed', { ...subject, andon: result.andon ?? subject.andon ?? null }, { channel, dedupe, attempts, problem })
  } else {
    const { problem, nextAt } = result
    s.outbox[at] = { ...found, attempts, nextAt }
    // The first, and then every tenth.
    if (channel === 'page' && attempts % 10 === 1) tell(s, 'page.failed', subject, { dedupe, attempts, problem })
  }
}

export function refer(s: State, refs: Readonly<Record<string, string>>): void {
  for (const [key, ref] of Object.entries(refs)) s.references.set(key, { key, ref, at: s.clock.now() })
}

export function advance(s: State, subscriber: string, seq: number): void {
  s.cursors.set(subscriber, Math.max(seq, s.cursors.get(subscriber) ?? seq))
}

export function firstSeen(s: State, key: string): ReturnType<Journal['firstSeen']> extends Promise<infer Answer> ? Answer : never {
  const now = s.clock.now()
  if (now - s.forgotAt > 600_000) {
    s.forgotAt = now
    for (const [one, at] of s.seen) if (at < now - 86_400_000) s.seen.delete(one)
  }
  if (s.seen.has(key)) return false
  s.seen.set(key, now)
  return true
}

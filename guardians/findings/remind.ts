import { dayOf, hourMs, instantOf, localOf } from '../../core/calendar.ts'
import type { Ask, Finding } from '../desk.ts'

/** When a finding wants to be looked at again by itself. Pure. */

export interface ReminderSettings {
  remindEveryMs: number
  zoneOf(person: string): string
}

/** After so many it is for the review, which has it as overdue anyway. */
const remindersMax = 10
/** On the day it is due, when people come in. */
const dueHour = 9

/** Epoch ms; null: it waits for a scan or for people. */
export function nextLook({ status, ask, mute }: Pick<Finding, 'status' | 'ask' | 'mute'>, settings: ReminderSettings): number | null {
  if (status === 'muted') return mute?.until ?? null
  return status === 'asked' && ask ? nextReminder(ask, settings) : null
}

function nextReminder({ to, at, dueAt, answer, remindedAt, reminders }: Ask, { remindEveryMs, zoneOf }: ReminderSettings): number | null {
  if (reminders >= remindersMax || (answer !== null && answer.kind !== 'will-do')) return null
  const last = Math.max(remindedAt ?? at, answer?.at ?? 0)
  const onDueDay = Math.min(dueAt, dueDay(dueAt, zoneOf(to)))
  const ahead = onDueDay > last ? onDueDay : null
  // Who promised is left alone until the day it is due.
  if (answer && ahead !== null) return ahead
  return Math.min(last + remindEveryMs, ahead ?? Number.POSITIVE_INFINITY)
}

const dueDay = (dueAt: number, zone: string) => instantOf(dayOf(localOf(dueAt, zone)) + dueHour * hourMs, zone)

import { z } from 'zod'
import { limits } from './andon.ts'

/** Parts of the inputs of commands; none of them changes what it reads, so that reading twice is the same. */

/** What a person writes. */
export const wordsInput = (maxChars = limits.textChars) => z.string().trim().min(1).max(maxChars)
/** A person, carrier, lane, inquiry, item: an id or a name. */
export const refInput = z.string().trim().min(1).max(128)
export const instantInput = z.iso.datetime({ offset: true }).describe('A time with its offset, like 2026-11-20T10:20:00+09:00')
export const dueInput = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .describe('A day, like 2026-12-01, or a time with its offset')

const halfDayMs = 12 * 3_600_000

/** Epoch ms of a `dueInput`. A day is its noon in UTC: nearly everywhere on earth that is the same day. */
export const dueAt = (due: string): number => (due.includes('T') ? Date.parse(due) : Date.parse(`${due}T12:00:00Z`))

/** Nobody can keep it any more. A day has not passed before its end. */
export const passed = (due: string, now: number): boolean => dueAt(due) + (due.includes('T') ? 0 : halfDayMs) <= now

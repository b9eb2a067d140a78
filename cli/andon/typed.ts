import type { AndonView } from '../../bots/andon/wire.ts'
import { fault } from '../../core/errors.ts'
import type { Which } from './find.ts'
import { timeOption } from './time.ts'

/** What is to be done with an andon: below `/v1/andons/{id}/`. */
export interface Order {
  path: string
  body: object
}

/** The options as commander gives them. */
export type Given = Readonly<Record<string, string | boolean | undefined>>

/** A verb of `jidoka andon`: how what was typed becomes the order of a command. Held to the commands by verbs.test.ts. */
export interface Verb {
  /** `lane take`: two words make a group. */
  words: string
  /** After the andon. */
  usage: string
  summary: string
  options?: readonly (readonly [flags: string, description: string])[]
  which: Which
  /** Pure. `typed`: what stands after the andon; `andon`: as it is. Throws `usage`. */
  order(typed: readonly string[], given: Given, andon: AndonView, now: number): Order
}

export const usage = (problem: string, hint = 'Nothing was changed.') => fault('usage', { problem, hint })
export const needed = (typed: readonly string[], what: string): string => {
  if (typed.length === 0) throw usage(`Say ${what}.`)
  return typed.join(' ')
}
export const optional = (typed: readonly string[]): string | undefined => (typed.length > 0 ? typed.join(' ') : undefined)
export const one = (typed: readonly string[], what: string): string => {
  const [first, ...more] = typed
  if (first === undefined) throw usage(`Say ${what}.`)
  if (more.length > 0) throw usage(`Too much was said: "${more.join(' ')}".`, `Nothing was changed. Only ${what} is needed.`)
  return first
}
export const asWords = (given: Given, name: string) => (typeof given[name] === 'string' ? (given[name] as string) : undefined)
export const asTime = (given: Given, name: string, flag: string, now: number, day: 'past' | 'coming') => {
  const text = asWords(given, name)
  return text === undefined ? undefined : new Date(timeOption(text, flag, now, day)).toISOString()
}

/** One of a list: by its number as `show` has it, by the end of its id, or by another word for it. */
function chosen<T extends { id: string }>(typed: readonly string[], items: readonly T[], what: string, named: (item: T) => string[]) {
  const [word, ...rest] = typed
  if (word === undefined) throw usage(`Say which ${what}: 1 to ${items.length}.`)
  const low = word.toLowerCase()
  const found =
    items[Number(word) - 1] ??
    items.find((item) => item.id.endsWith(low) && low.length >= 3) ??
    items.findLast((item) => named(item).some((name) => name.toLowerCase() === low))
  if (!found) throw usage(`There is no ${what} "${word}".`, `It has ${items.length}; jidoka andon show numbers them.`)
  return { id: encodeURIComponent(found.id), rest }
}

export const laneOf = (typed: readonly string[], { lanes }: AndonView) => chosen(typed, lanes, 'lane', ({ kind, title }) => [kind, title])
export const inquiryOf = (typed: readonly string[], { inquiries }: AndonView) =>
  chosen(typed, inquiries, 'inquiry', ({ carrier, name }) => [carrier, name])
export const itemOf = (typed: readonly string[], { kaizen }: AndonView) => chosen(typed, kaizen, 'kaizen item', () => [])

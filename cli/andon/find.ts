import type { AndonView } from '../../bots/andon/wire.ts'
import { fault } from '../../core/errors.ts'
import type { Api } from '../api.ts'
import { cut, plain } from './width.ts'

/** Which andon is meant: a whole id, its last characters, or none where only one can be meant. */

const whole = /^and_[0-9a-hjkmnp-tv-z]{17}$/
const part = /^(and_)?[0-9a-hjkmnp-tv-z]{3,17}$/
const lately = 200

export const andonPath = (id: string): string => `/v1/andons/${encodeURIComponent(id)}`

const listOf = async (api: Api, query: string) => (await api.get<{ items: AndonView[] }>(`/v1/andons?limit=${lately}${query}`)).items

/** What is meant when nothing is said: the one that is open; that or else the newest; the newest that has ended. */
export type Which = 'open' | 'any' | 'ended'

/** Takes the andon from the front of what was typed, and answers it with the words that are left. What only looks like an id is words. */
export async function takeAndon(api: Api, typed: readonly string[], which: Which): Promise<{ id: string; rest: string[] }> {
  const [first, ...rest] = typed
  if (first !== undefined && whole.test(first)) return { id: first, rest }
  const open = await listOf(api, '&status=open')
  if (first !== undefined && part.test(first)) {
    const meant = await ending(api, first.replace(/^and_/, ''), open)
    if (meant) return { id: meant, rest }
    if (first.startsWith('and_')) throw fault('usage', { problem: `No andon ends with "${first}".`, hint: 'See: jidoka andon list --all' })
  }
  return { id: await theOne(api, open, which), rest: [...typed] }
}

/** For commands whose only words are the andon. */
export async function onlyAndon(api: Api, typed: string | undefined, which: Which): Promise<string> {
  const { id, rest } = await takeAndon(api, typed === undefined ? [] : [typed], which)
  if (rest.length > 0) throw fault('usage', { problem: `No andon ends with "${rest[0]}".`, hint: 'See: jidoka andon list --all' })
  return id
}

async function ending(api: Api, suffix: string, open: readonly AndonView[]): Promise<string | null> {
  const among = (andons: readonly AndonView[]) => andons.map(({ id }) => id).filter((id) => id.endsWith(suffix))
  let found = among(open)
  if (found.length === 0) found = among(await listOf(api, ''))
  if (found.length > 1)
    throw fault('usage', { problem: `${found.length} andons end with "${suffix}": ${found.join(', ')}.`, hint: 'Say more of the id.' })
  return found[0] ?? null
}

async function theOne(api: Api, open: readonly AndonView[], which: Which): Promise<string> {
  const [only] = open
  if (which !== 'ended' && only && open.length === 1) return only.id
  if (which !== 'ended' && open.length > 1)
    throw fault('usage', {
      problem: `${open.length} andons are open; say which one: ${open.map((one) => `${shortId(one.id)} (${one.component?.id ?? cut(plain(one.text), 24)})`).join(', ')}.`,
      hint: 'The last characters of its id are enough.',
    })
  const newest =
    which === 'open' ? undefined : (await listOf(api, '')).find(({ resolved, mergedInto }) => resolved !== null && mergedInto === null)
  if (newest) return newest.id
  throw fault('usage', {
    problem: which === 'ended' ? 'No andon has ended yet.' : 'No andon is open.',
    hint: which === 'open' ? 'See those that have ended: jidoka andon list --all' : 'Pull one: jidoka andon pull "what you see"',
  })
}

/** Enough of an id to type; the end of it is chance. */
export const shortId = (id: string): string => id.slice(-4)

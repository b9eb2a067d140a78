import type { Andon } from '../../andon/andon.ts'
import { ended } from '../../andon/andon.ts'
import type { Surface } from '../define.ts'

/** Which andon a room is of, by where delivery put things (`slack:room/ID` -> `C…`, or `C…/ts` for a thread). */
type Where = Pick<Surface, 'journal' | 'desk'>

const idsOf = (keys: readonly string[], prefix: string) => keys.flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []))

/** The andon of a room, or of a thread that stands for one; of several the one that is open, else the newest. */
export async function andonAt({ journal, desk }: Where, channel: string, thread?: string): Promise<Andon | null> {
  const keys = [...(thread ? await journal.referring(`${channel}/${thread}`) : []), ...(await journal.referring(channel))]
  const found: Andon[] = []
  for (const id of idsOf(keys, 'slack:room/')) {
    const andon = await desk.get(id)
    if (andon && !ended(andon)) return andon
    if (andon) found.push(andon)
  }
  return found[0] ?? null
}

/** The lane whose card a thread belongs to. */
export async function laneAt({ journal, desk }: Where, channel: string, thread: string): Promise<{ andon: Andon; lane: string } | null> {
  for (const key of idsOf(await journal.referring(`${channel}/${thread}`), 'slack:lane/')) {
    const [id = '', lane = ''] = key.split('/')
    const andon = await desk.get(id)
    if (andon?.lanes.some((one) => one.id === lane)) return { andon, lane }
  }
  return null
}

/** Where a message stands, as notes refer to it. */
export const refOf = (channel: string, ts: string) => `slack:${channel}/${ts}`
const notePrefix = 'slack:note/'

/** Remembers that a message is on a timeline, to follow its edits. */
export const rememberNote = ({ journal }: Where, andon: Andon, channel: string, ts: string) =>
  journal.refer({ [`${notePrefix}${andon.id}/${channel}/${ts}`]: `${channel}/${ts}` })

/** On which timelines a message is pinned. */
export async function pinnedOn({ journal, desk }: Where, channel: string, ts: string): Promise<Andon[]> {
  const ids = idsOf(await journal.referring(`${channel}/${ts}`), notePrefix).map((rest) => rest.split('/')[0] ?? '')
  const found = await Promise.all([...new Set(ids)].map((id) => desk.get(id)))
  return found.filter((andon) => andon !== null)
}

/** It may be pinned anew. */
export const forgetNote = ({ journal }: Where, id: string, channel: string, ts: string) =>
  journal.refer({ [`${notePrefix}${id}/${channel}/${ts}`]: '' })

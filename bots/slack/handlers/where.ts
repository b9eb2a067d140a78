import type { Andon, Lane } from '../../andon/andon.ts'
import { ended } from '../../andon/andon.ts'
import { settled } from '../../andon/settled.ts'
import type { Surface } from '../define.ts'

/** Which andon a room is of, by where delivery put things (`slack:room/ID` -> `C…`, or `C…/ts` for a thread). */
type Where = Pick<Surface, 'journal' | 'desk'>

const idsOf = (keys: readonly string[], prefix: string) => keys.flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []))

/** The andon of a room, of that of a lane, or of a thread that stands for one; of several the one that is open, else the newest. */
export async function andonAt(where: Where, channel: string, thread?: string): Promise<Andon | null> {
  const { journal, desk } = where
  const keys = [...(thread ? await journal.referring(`${channel}/${thread}`) : []), ...(await journal.referring(channel))]
  const found: Andon[] = []
  for (const id of idsOf(keys, 'slack:room/')) {
    const andon = await desk.get(id)
    if (andon && !ended(andon)) return andon
    if (andon) found.push(andon)
  }
  return found[0] ?? (await laneOfRoomAt(where, channel))?.andon ?? null
}

/** The lane that has this room to itself, wherever its andon was merged into. */
export async function laneOfRoomAt({ journal, desk }: Where, channel: string): Promise<{ andon: Andon; lane: Lane } | null> {
  for (const key of idsOf(await journal.referring(channel), 'slack:sub/')) {
    const [id = '', of = ''] = key.split('/')
    const andon = await settled(desk.get, id)
    const lane = andon.lanes.find((one) => one.id === of)
    if (lane) return { andon, lane }
  }
  return null
}

/** The lane whose card a thread belongs to. */
export async function laneAt({ journal, desk }: Where, channel: string, thread: string): Promise<{ andon: Andon; lane: string } | null> {
  const keys = await journal.referring(`${channel}/${thread}`)
  for (const key of [...idsOf(keys, 'slack:lane/'), ...idsOf(keys, 'slack:sub-card/')]) {
    const [id = '', lane = ''] = key.split('/')
    const andon = await settled(desk.get, id)
    if (andon.lanes.some((one) => one.id === lane)) return { andon, lane }
  }
  return null
}

/** Where a message stands, as notes refer to it. */
export const refOf = (channel: string, ts: string) => `slack:${channel}/${ts}`
const notePrefix = 'slack:note/'

const takenBackPrefix = 'slack:note-taken-back/'

/**
 * True for one of those who want the same message on the timeline at the same time; whoever gets it notes it, and its edits are
 * followed. After it was taken back it may be noted anew.
 */
export async function claimNote(where: Where, andon: Andon, channel: string, ts: string): Promise<boolean> {
  const { journal } = where
  const message = `${andon.id}/${channel}/${ts}`
  if ((await pinnedOn(where, channel, ts)).some(({ id }) => id === andon.id)) return false
  const times = (await journal.reference(takenBackPrefix + message)) ?? '0'
  if (!(await journal.firstSeen(`${notePrefix}${message}/${times}`))) return false
  await journal.refer({ [notePrefix + message]: `${channel}/${ts}` })
  return true
}

/** On which timelines a message is pinned. */
export async function pinnedOn({ journal, desk }: Where, channel: string, ts: string): Promise<Andon[]> {
  const ids = idsOf(await journal.referring(`${channel}/${ts}`), notePrefix).map((rest) => rest.split('/')[0] ?? '')
  const found = await Promise.all([...new Set(ids)].map((id) => desk.get(id)))
  return found.filter((andon) => andon !== null)
}

/** It may be noted anew. */
export async function forgetNote({ journal }: Where, id: string, channel: string, ts: string): Promise<void> {
  const message = `${id}/${channel}/${ts}`
  const times = Number((await journal.reference(takenBackPrefix + message)) ?? '0') + 1
  await journal.refer({ [notePrefix + message]: '', [takenBackPrefix + message]: String(times) })
}

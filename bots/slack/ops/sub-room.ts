import type { Andon, Lane } from '../../andon/andon.ts'
import { settled } from '../../andon/settled.ts'
import { laneOf } from '../blocks/lane.ts'
import { keys } from '../message.ts'
import { hidden } from '../rooms.ts'
import { defineSlackOp, type SlackTools, SlackTrouble, tolerating, wordOf } from './define.ts'
import { inviteRefs } from './invite.ts'
import { isArchived } from './line.ts'
import { create, linkTo } from './room.ts'

/** Makes the room of a lane, asks in who works there, and shows them its card. */
export const subRoom = defineSlackOp('sub-room', {
  essential: true,
  async run({ andon: id, lane: laneId, by, ...order }, tools) {
    const found = await current(id, laneId, tools)
    if (!found || isArchived(found.andon)) return
    let channel = (await subRoomOf(found.andon, laneId, tools))?.channel ?? null
    let name = order.name
    if (channel === null) {
      // As with its andon: what turned private meanwhile never has the room of an earlier try, which is for everybody.
      const isPrivate = order.private || found.andon.private
      const wanted = isPrivate && !order.private ? hidden(name) : name
      const made = await create({ name: wanted, private: isPrivate }, keys.sub(id, laneId), tools)
      if (made instanceof SlackTrouble) return notMade(found, made, tools)
      channel = made.channel
      name = made.name
      await tools.refer({ [keys.sub(id, laneId)]: channel, ...(isPrivate ? { [keys.subHidden(id, laneId)]: channel } : {}) })
    }
    const { lane } = found
    const refs = [by, ...(lane.owner ? [lane.owner.id] : []), ...lane.reports.map(({ person }) => person.id)]
    await inviteRefs(id, channel, [...new Set(refs)], tools)
    await showSubCard(id, laneId, tools, true)
    const url = linkTo(channel, null, tools)
    if (lane.room?.url !== url) await tools.command(id, 'lane-room-stands', { lane: laneId, name, url })
  },
})

interface Found {
  andon: Andon
  lane: Lane
}

/** The lane as it is now, wherever its andon was merged into. */
async function current(id: string, laneId: string, tools: SlackTools): Promise<Found | null> {
  const andon = await settled(tools.andon, id)
  const lane = andon.lanes.find((one) => one.id === laneId)
  return lane ? { andon, lane } : null
}

async function notMade({ andon, lane }: Found, { trouble }: SlackTrouble, tools: SlackTools): Promise<void> {
  await tools.command(andon.id, 'note', { text: `No room could be made for the lane ${lane.title}: ${wordOf(trouble)}.` })
  await tools.command(andon.id, 'lane-room-stands', { lane: lane.id, name: null, url: null })
}

/** The room of a lane, and the andon that had the lane when it was made. Null: none that may be shown anything. */
export async function subRoomOf(andon: Andon, lane: string, tools: SlackTools): Promise<{ channel: string; of: string } | null> {
  for (const id of [andon.id, ...andon.mergedFrom]) {
    const channel = await tools.reference(keys.sub(id, lane))
    if (channel && (!andon.private || channel === (await tools.reference(keys.subHidden(id, lane))))) return { channel, of: id }
  }
  return null
}

/** The card of a lane in its own room. The first one is posted by the lane of that room alone. */
export async function showSubCard(id: string, laneId: string, tools: SlackTools, first = false): Promise<void> {
  const found = await current(id, laneId, tools)
  const room = found && (await subRoomOf(found.andon, laneId, tools))
  if (!room) return
  const { channel } = room
  const key = keys.subCard(room.of, laneId)
  if (!first && !(await tools.reference(key))?.startsWith(`${channel}/`)) return
  await tolerating(first ? [] : ['is_archived', 'not_in_channel', 'channel_not_found'], () =>
    tools.show(key, { channel, thread: null }, () => laneOf(found.andon, found.lane, tools.env(found.andon))),
  )
}

/** Of the andon, or of one of its lanes; null: there is none, or it is a thread. */
export async function channelOf(id: string, lane: string | undefined, tools: SlackTools): Promise<string | null> {
  if (lane === undefined) {
    const place = await tools.place(id)
    return place?.thread === null ? place.channel : null
  }
  const andon = await tools.andon(id)
  return andon && ((await subRoomOf(andon, lane, tools))?.channel ?? null)
}

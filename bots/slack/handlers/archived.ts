import { defineSlackHandler } from '../define.ts'
import { knownOf } from './act.ts'
import { andonAt, laneOfRoomAt } from './where.ts'

const texts = {
  archive: { en: 'archived the room', ja: 'ルームをアーカイブしました' },
  unarchive: { en: 'opened the room again', ja: 'ルームのアーカイブを解除しました' },
}

/** Somebody archives a room, or opens it again. What the bot did itself stands there already. */
export const archived = defineSlackHandler('archived', {
  kind: 'event',
  match: ['channel_archive', 'channel_unarchive', 'group_archive', 'group_unarchive'],
  scopes: ['channels:read', 'groups:read'],
  events: ['channel_archive', 'channel_unarchive', 'group_archive', 'group_unarchive'],
  help: 'archiving a room is noted',
  async run(incoming, surface) {
    const { type, channel, user } = incoming.body.event as unknown as { type: string; channel: string; user?: string }
    if (user !== undefined && user === surface.self()?.botUserId) return
    const andon = await andonAt(surface, channel)
    if (!andon) return
    const { actor } = await knownOf(surface, incoming)
    const own = await laneOfRoomAt(surface, channel)
    const text = `${texts[type.endsWith('_unarchive') ? 'unarchive' : 'archive'][andon.locale]}${own ? `: ${own.lane.title}` : ''}`
    await surface.desk.command(andon.id, 'note', { text }, actor)
  },
})

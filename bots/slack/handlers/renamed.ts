import { house } from '../../andon/ports.ts'
import { defineSlackHandler } from '../define.ts'
import { andonAt, laneOfRoomAt } from './where.ts'

/** A room got another name: everything that names it says the new one. */
export const renamed = defineSlackHandler('renamed', {
  kind: 'event',
  match: ['channel_rename', 'group_rename'],
  scopes: ['channels:read', 'groups:read'],
  events: ['channel_rename', 'group_rename'],
  help: 'a room that is renamed is called so everywhere',
  async run(incoming, surface) {
    const { channel } = incoming.body.event as unknown as { channel: { id: string; name: string } }
    const own = await laneOfRoomAt(surface, channel.id)
    if (own) {
      const { andon, lane } = own
      return void (await surface.desk.command(
        andon.id,
        'lane-room-stands',
        { lane: lane.id, url: null, ...lane.room, name: channel.name },
        house,
      ))
    }
    const andon = await andonAt(surface, channel.id)
    const name = andon?.room?.name.startsWith('#') ? `#${channel.name}` : channel.name
    if (andon?.room?.kind !== 'room' || andon.room.name === name) return
    await surface.desk.command(andon.id, 'room', { ...andon.room, name }, house)
  },
})

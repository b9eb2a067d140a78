import { defineSlackHandler } from '../define.ts'
import { knownOf } from './act.ts'
import { andonAt } from './where.ts'

interface Joined {
  user: string
  channel: string
  inviter?: string
}

/** The first who comes into a room by themselves is somebody who looks at it: that is a mark. Whoever was invited is not there yet. */
export const joined = defineSlackHandler('joined', {
  kind: 'event',
  match: ['member_joined_channel'],
  scopes: ['channels:read', 'groups:read'],
  events: ['member_joined_channel'],
  help: 'the first who comes into a room is noted',
  async run(incoming, surface) {
    const { user, channel, inviter } = incoming.body.event as unknown as Joined
    const self = surface.self()?.botUserId
    if (user === self || (inviter !== undefined && inviter === self)) return
    const andon = await andonAt(surface, channel)
    if (!andon || andon.marks.human !== null || andon.state.status === 'resolved') return
    const { actor, kind } = await knownOf(surface, incoming)
    if (kind === 'bot' || actor.id === andon.pulledBy.id) return
    await surface.desk.command(andon.id, 'note', { text: cameIn[andon.locale] }, actor)
  },
})

const cameIn = { en: 'came into the room', ja: 'ルームに参加しました' }

import { defineSlackHandler } from '../define.ts'
import { knownOf } from './act.ts'
import { noteMessage } from './noting.ts'
import { andonAt } from './where.ts'

interface Spoken {
  channel: string
  channel_type?: string
  ts: string
  thread_ts?: string
  subtype?: string
  bot_id?: string
  text?: string
  user?: string
}

/** The first who writes in a room, other than whoever pulled, is the first human there: their words stand on the timeline. */
export const spoke = defineSlackHandler('spoke', {
  kind: 'event',
  match: ['message'],
  when: (event) => {
    const { channel_type, subtype, bot_id, user } = event as unknown as Spoken
    return channel_type !== 'im' && subtype === undefined && bot_id === undefined && user !== undefined
  },
  scopes: ['channels:history', 'groups:history'],
  events: ['message.channels', 'message.groups'],
  asksFirst: true,
  help: 'the first who writes in a room is noted',
  async run(incoming, surface) {
    const { channel, ts, thread_ts, text = '', user } = incoming.body.event as unknown as Spoken
    const andon = await andonAt(surface, channel, thread_ts)
    if (!andon || andon.marks.human !== null || andon.state.status === 'resolved') return
    const { actor, kind } = await knownOf(surface, incoming)
    if (kind === 'bot' || actor.id === andon.pulledBy.id || !(await incoming.first())) return
    await noteMessage(surface, {
      andon,
      actor,
      channel,
      message: { ts, text, ...(thread_ts ? { thread_ts } : {}), ...(user ? { user } : {}) },
    })
  },
})

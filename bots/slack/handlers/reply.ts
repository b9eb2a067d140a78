import { defineSlackHandler } from '../define.ts'
import { knownOf, tellRefusal } from './act.ts'
import { plainOf } from './plain.ts'
import { laneAt } from './where.ts'

interface Reply {
  channel: string
  thread_ts?: string
  subtype?: string
  bot_id?: string
  text?: string
  user?: string
  files?: { name?: string }[]
}

const subtypes: readonly (string | undefined)[] = [undefined, 'file_share', 'thread_broadcast']

/** A reply to the card of a lane is a report of that lane. */
export const reply = defineSlackHandler('reply', {
  kind: 'event',
  match: ['message'],
  when: (event) => {
    const { thread_ts, subtype, bot_id, user } = event as unknown as Reply
    return thread_ts !== undefined && user !== undefined && bot_id === undefined && subtypes.includes(subtype)
  },
  scopes: ['channels:history', 'groups:history'],
  events: ['message.channels', 'message.groups'],
  asksFirst: true,
  help: 'replies to the card of a lane are its reports',
  async run(incoming, surface) {
    const { channel, thread_ts = '', text = '', files = [] } = incoming.body.event as unknown as Reply
    const found = await laneAt(surface, channel, thread_ts)
    if (!found || !(await incoming.first())) return
    const known = await knownOf(surface, incoming)
    const words = [plainOf(text, surface.who.nameOf), ...files.flatMap(({ name }) => (name ? [`[${name}]`] : []))].join(' ').trim()
    try {
      await surface.desk.command(found.andon.id, 'lane-report', { lane: found.lane, text: words }, known.actor)
    } catch (error) {
      // It stands in the thread, so it need not be given back.
      await tellRefusal(surface, incoming, known, error)
    }
  },
})
